# Two commands matter: `make run` and `make test`. Both install what they need first.
SHELL := /bin/sh
PORTS ?= 8480
# How many titles the catalogue has that `make bench` measures; 100000 1000000 takes an hour.
TITLES ?= 100000
# How many devices come back together after a day; 2000 takes an hour.
FLEET ?= 200
# One home for each checkout, outside of it: database, secrets, logs.
SAMUT_HOME ?= $(or $(XDG_STATE_HOME),$(HOME)/.local/state)/samut/$(shell pwd | cksum | cut -d' ' -f1)
export SAMUT_HOME

.PHONY: run test test-kernel soak bench mutants requirements lock format pictures clean

run:
	@sh setup.sh run
	@exec .venv/bin/samut demo --ports $(PORTS)

test:
	@sh setup.sh test
	@.venv/bin/python -m tests.run

# The drivers on a real kernel's USB, input and pins: Debian's own, in QEMU. Installs QEMU and downloads 230 MB once.
test-kernel:
	@sh setup.sh test
	@sh tests/kernel/set_up.sh
	@.venv/bin/python -m pytest -m kernel tests/kernel

soak:
	@sh setup.sh test
	@.venv/bin/python -m pytest -m soak tests

bench:
	@sh setup.sh test
	@.venv/bin/python -m tests.bench --titles $(TITLES) --fleet $(FLEET)

# Breaks the lending rules on purpose; a test must notice each time. Takes minutes.
mutants:
	@sh setup.sh test
	@.venv/bin/python -m tests.mutants

requirements:
	@.venv/bin/python -m tests.requirements

pictures:
	@sh setup.sh test
	@.venv/bin/python -m tests.pictures

lock:
	uv lock
	uv export --quiet --all-packages --all-extras --all-groups --no-emit-workspace --no-header -o requirements.lock

format:
	.venv/bin/ruff format . && .venv/bin/ruff check --fix .

clean:
	rm -rf .venv node_modules build hub/samut_hub/web/static/dist edge/samut_edge/kiosk_page
