// Every column heading becomes a button that sorts its table. Without scripts the headings are plain text.
const key = (row, column, numeric) => {
  const text = row.cells[column].textContent.trim();
  if (!numeric) return text;
  const found = text.replace(/[\u00a0\u202f ](?=\d)/g, "").replace("\u2212", "-").replace(",", ".").match(/-?\d+(\.\d+)?/);
  return found ? Number(found[0]) : -Infinity;
};

for (const table of document.querySelectorAll("table")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const now = heading.getAttribute("aria-sort");
      const numeric = heading.classList.contains("number");
      const falling = now === "ascending" || (numeric && now !== "descending");
      const compare = numeric ? (a, b) => a - b : (a, b) => a.localeCompare(b, "sv", { numeric: true });
      const rows = [...table.tBodies[0].rows]
        .map((row) => [key(row, column, numeric), row])
        .sort(([a], [b]) => (falling ? compare(b, a) : compare(a, b)));
      table.tBodies[0].append(...rows.map(([, row]) => row));
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    });
  });
}
