# `make` does the whole main job, `make test` checks everything, `make lab` opens JupyterLab.
# Each environment is rebuilt only when its lock changes, so both commands work offline afterwards.

PYTHON ?= python3
export UV_COMPILE_BYTECODE = 1
export UV_LINK_MODE = copy
# Where HOME cannot be written, uv keeps its cache in the clone, beside the environments.
ifneq ($(shell test -w "$$HOME" && echo yes),yes)
export UV_CACHE_DIR ?= $(CURDIR)/.venv-cache
endif

.DEFAULT_GOAL := all
.PHONY: all test lab bench docs wheel locale lock clean

all: .venv/ready
	@.venv/bin/analys run

test: .venv/ready
	@.venv/bin/analys test

lab: .venv-lab/ready
	@.venv-lab/bin/analys lab

bench: .venv-bench/ready
	@.venv-bench/bin/python -m benchmarks

# The user's guide as a site that can be read as files, in build/docs. The codes' page is written anew from the code.
docs: .venv/ready .venv-docs/ready
	@.venv/bin/python -m analys.audit.codes > docs/koder.md
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet

# The same bytes from the same commit: the time is the commit's.
wheel: .venv/ready
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) .venv/bin/python -m hatchling build -t wheel -d dist

# What click says, in Swedish: the text that one writes into the file that is read.
locale: .venv/ready
	.venv/bin/pybabel --quiet compile -d analys/locale -D analys -l sv

# uv comes first, from the registry: installing everything else with it takes a fifth of pip's time.
# The project itself is installed editable, so that a change of its code is there at once.
# `.venv-ocr` reads scanned pages; `.venv-spark` is for `analys ledgers --engine spark` (it also needs Java 17 or later).
.venv/ready: locks/uv.txt locks/test.txt
.venv-lab/ready: locks/uv.txt locks/lab.txt
.venv-bench/ready: locks/uv.txt locks/bench.txt
.venv-ocr/ready: locks/uv.txt locks/ocr.txt
.venv-spark/ready: locks/uv.txt locks/spark.txt
.venv/ready .venv-lab/ready .venv-bench/ready .venv-ocr/ready .venv-spark/ready:
	@echo "Creating $(@D) from $(lastword $^) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; point to one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --quiet --require-hashes -r locks/uv.txt
	@$(@D)/bin/uv pip install --quiet --python $(@D)/bin/python --require-hashes -r $(lastword $^)
	@$(@D)/bin/uv pip install --quiet --python $(@D)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

# The site is made of text alone, so its environment has no use for the project.
.venv-docs/ready: locks/uv.txt locks/docs.txt
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --quiet --require-hashes -r locks/uv.txt
	@$(@D)/bin/uv pip install --quiet --python $(@D)/bin/python --require-hashes -r $(lastword $^)
	@touch $@

# After a change of bounds in pyproject.toml. Universal: the same lock serves Linux, macOS and Windows.
COMPILE = .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: .venv/ready
	$(COMPILE) pyproject.toml --output-file locks/base.txt
	$(COMPILE) --extra notebooks --group test pyproject.toml --output-file locks/test.txt
	$(COMPILE) --extra lab --group test pyproject.toml --output-file locks/lab.txt
	$(COMPILE) --extra notebooks --group bench pyproject.toml --output-file locks/bench.txt
	$(COMPILE) --extra notebooks --extra ocr --group test pyproject.toml --output-file locks/ocr.txt
	$(COMPILE) --extra notebooks --extra spark --group test pyproject.toml --output-file locks/spark.txt
	$(COMPILE) --group docs --output-file locks/docs.txt
	.venv/bin/uv tool run --quiet --from 'cyclonedx-bom>=7,<8' cyclonedx-py requirements locks/base.txt --pyproject pyproject.toml --mc-type library --output-reproducible -o locks/samfinansiering.cdx.json
	# Without the addresses of the registry that was asked.
	.venv/bin/python -c "import json, pathlib; file = pathlib.Path('locks/samfinansiering.cdx.json'); file.write_text(json.dumps(json.loads(file.read_text(), object_hook=lambda part: {key: part[key] for key in part if key != 'externalReferences'}), indent=2) + chr(10))"
	grep -A 100 '^uv==' locks/test.txt | awk 'NR > 1 && !/^ / {exit} {print}' > locks/uv.txt

clean:
	rm -rf .venv .venv-lab .venv-bench .venv-docs .venv-ocr .venv-spark .venv-cache
