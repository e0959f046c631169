// A field to drop files on, or to choose them with; each file's bytes go to the kernel as they are.
export default {
  render({ model, el }) {
    const field = document.createElement("label");
    field.className = "analys-drop";
    field.textContent = "Släpp en bilaga här, eller klicka för att välja: PDF, Word, Excel, csv, webbsida eller bild";
    const input = document.createElement("input");
    input.type = "file";
    input.setAttribute("aria-label", "Välj en fil att granska");
    field.append(input);
    el.append(field);

    const send = async (files) => {
      for (const file of files) model.send({ name: file.name }, undefined, [await file.arrayBuffer()]);
    };
    input.addEventListener("change", () => send(input.files));
    for (const name of ["dragenter", "dragover"]) {
      field.addEventListener(name, (event) => {
        event.preventDefault();
        field.classList.add("over");
      });
    }
    for (const name of ["dragleave", "drop"]) field.addEventListener(name, () => field.classList.remove("over"));
    field.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      send(event.dataTransfer.files);
    });
  },
};
