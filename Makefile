# 政务公开 Gongkai. On a fresh Debian 12 with python3 (3.11+), venv and make: `make demo`, `make test`.
# Everything else is fetched here: Python packages by lock files with hashes, npm packages by their lock file.

PYTHON  ?= python3
ARGS    ?=
UPGRADE ?= --upgrade
BIN     := .venv/bin
LOCKS   := deploy/requirements
WEB     := web/gongkai/web
MEMBERS := contracts client rules ledger runtime tables web identity $(addprefix services/,intake review publishing scoring console portal) operate demo cli bench
ASYNCAPI := tests/e2e/asyncapi
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

# Images often set it. Tests start hundreds of processes, and each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup up demo test e2e kafka kafka-short faults faults-short lint types mutants mutants-short long environments wheels lock clean

help: ## 本页 this page
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

# -- set-up: done once, and again when a lock file changes

setup: $(BIN)/gongkai $(WEB)/node_modules/.installed ## 准备环境 .venv with the `gongkai` command, and the front-end packages

.venv/.made:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 以上及 venv / needs Python 3.11 or later, with venv (Debian: apt install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.packages: .venv/.made $(LOCKS)/dev.txt
	$(PIP) -r $(LOCKS)/dev.txt
	@touch $@

$(BIN)/gongkai: .venv/.packages $(addsuffix /pyproject.toml,$(MEMBERS))
	$(BIN)/uv pip install --quiet --offline --no-deps --no-build-isolation $(addprefix --editable ./,$(MEMBERS))
	@touch $@

$(WEB)/node_modules/.installed: $(WEB)/package.json $(WEB)/package-lock.json | .venv/.packages
	deploy/npm --prefix $(WEB) ci --loglevel=error
	@touch $@

# -- use

up: setup ## 启动全部服务 everything on this machine, until Ctrl-C
	$(BIN)/gongkai up $(ARGS)

demo: setup ## 演示：一个区县的一年 a district's year, then everything keeps running
	$(BIN)/gongkai demo $(ARGS)

# -- checks

test: setup ## 测试 unit, contract and integration tests (the documents' examples need curl)
	@deploy/need curl:curl
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

faults: setup ## 故障测试 kills and crashes; on Apache Kafka: deploy/kafka/run --brokers 3 -- make faults
	$(BIN)/python -m pytest tests/faults -n 2 --dist loadfile $(ARGS)

faults-short: setup ## 故障测试（短） those that CI runs
	$(BIN)/python -m pytest tests/faults -m short $(ARGS)

# What goes by Kafka and back. `up` brings a broker of its own: nothing to learn from it here.
kafka: setup ## 真实 Kafka integration tests on Apache Kafka, one broker, three, and one with TLS and access lists (needs Java 17 and Maven)
	@deploy/need java:openjdk-17-jre-headless mvn:maven
	deploy/kafka/run --brokers 1 -- $(BIN)/python -m pytest $(addprefix tests/integration/,ledger/test_relay.py ledger/test_relay_checks.py console/test_pages.py console/test_handed.py portal/test_pages.py portal/test_applying.py ingress/test_acl.py ingress/test_kafka.py ingress/test_sdk.py test_slice.py test_crossing.py test_gate.py) $(ARGS)
	deploy/kafka/run --brokers 3 -- $(BIN)/python -m pytest tests/kafka tests/integration/ledger/test_relay.py $(ARGS)
	deploy/kafka/run --secured -- $(BIN)/python -m pytest $(addprefix tests/integration/,ingress/test_acl.py ledger/test_relay.py) $(ARGS)

kafka-short: setup ## 真实 Kafka（短） those that CI runs: what differs between brokers
	@deploy/need java:openjdk-17-jre-headless mvn:maven
	deploy/kafka/run --brokers 1 -- $(BIN)/python -m pytest $(addprefix tests/integration/,ledger/test_relay.py ledger/test_relay_checks.py console/test_pages.py ingress/test_kafka.py test_slice.py) $(ARGS)
	deploy/kafka/run --brokers 3 -- $(BIN)/python -m pytest tests/kafka $(ARGS)
	deploy/kafka/run --secured -- $(BIN)/python -m pytest tests/integration/ingress/test_acl.py $(ARGS)

e2e: setup .venv/.e2e $(ASYNCAPI)/node_modules/.installed ## 浏览器测试 tests in a real browser (needs Chromium and a Chinese font)
	@deploy/need chromium:chromium /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc:fonts-noto-cjk
	$(BIN)/python -m pytest tests/e2e $(ARGS)

.venv/.e2e: .venv/.packages $(LOCKS)/e2e.txt
	$(PIP) -r $(LOCKS)/e2e.txt
	@touch $@

# What AsyncAPI's own tools read a document with.
$(ASYNCAPI)/node_modules/.installed: $(ASYNCAPI)/package.json $(ASYNCAPI)/package-lock.json | .venv/.packages
	deploy/npm --prefix $(ASYNCAPI) ci --loglevel=error
	@touch $@

lint: setup ## 代码风格与层次 style, and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: setup .venv/.e2e ## 类型 strict types
	$(BIN)/mypy

mutants: setup ## 变异测试 change the functions that carry out clauses, one at a time; list what no test notices in build/mutants.txt
	$(BIN)/python -m tests.mutants.run $(ARGS)

mutants-short: setup ## 变异测试（短） those made by hand, and 60 of a seed
	$(BIN)/python -m tests.mutants.run --count 60 --seconds 240 $(ARGS)

long: ## 长时检查 what takes too long for .ci/run: every fault test, Apache Kafka whole, 200 requests an operation, benchmarks
	.ci/long

environments: setup ## 单独安装 try every environment with its lock file alone, and record that these lock files were tried
	GONGKAI_TEST_ENVIRONMENTS=all $(BIN)/python -m pytest tests/integration/test_packages.py $(ARGS)
	cd $(LOCKS) && sha256sum *.txt > tried.sha256

# -- upkeep

wheels: setup ## 构建 a wheel of each member, in build/wheels
	@mkdir -p build/wheels && rm -f build/wheels/*.whl
	@set -e; for member in $(MEMBERS); do $(BIN)/uv build --quiet --wheel --no-build-isolation --offline -o build/wheels $$member; done

# A lock file for each environment that is installed alone; `operate` holds all that runs, so it is resolved first.
LOCKED  := intake review publishing scoring console portal witness
COMPILE := $(BIN)/uv pip compile --quiet --no-build-isolation --generate-hashes --no-emit-index-url --no-header --universal \
  --python-version 3.11 $(addprefix --no-emit-package gongkai-,$(notdir $(MEMBERS)))
FOLDERS  = $(addsuffix /pyproject.toml,$(shell deploy/members $(1)))
EVERY   := $(addsuffix /pyproject.toml,$(MEMBERS))
GROUPS   = $(addprefix --group pyproject.toml:,$(1))

lock: .venv/.packages ## 更新锁文件 resolve the lock files anew; `make lock UPGRADE=` keeps the versions that still fit
	$(COMPILE) $(UPGRADE) $(call FOLDERS,operate) -o $(LOCKS)/operate.txt
	$(COMPILE) $(UPGRADE) $(EVERY) $(call GROUPS,build dev) -c $(LOCKS)/operate.txt -o $(LOCKS)/dev.txt
	$(COMPILE) $(UPGRADE) $(EVERY) $(call GROUPS,build dev e2e) -c $(LOCKS)/dev.txt -o $(LOCKS)/e2e.txt
	$(COMPILE) $(UPGRADE) $(call GROUPS,build) -c $(LOCKS)/dev.txt -o $(LOCKS)/build.txt
	@set -eux; $(foreach each,$(LOCKED),$(COMPILE) $(UPGRADE) $(call FOLDERS,$(each)) -c $(LOCKS)/operate.txt -o $(LOCKS)/$(each).txt;)
	deploy/npm --prefix $(WEB) install --package-lock-only --loglevel=error
	deploy/npm --prefix $(ASYNCAPI) install --package-lock-only --loglevel=error

clean: ## 删除环境 remove what set-up made; data under var/ stays
	rm -rf .venv $(WEB)/node_modules $(ASYNCAPI)/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
