# sitesim - one Makefile.  `make help` lists the targets.
#
# Out-of-tree builds in build/$(VARIANT).  One archive per floor; a program or
# test links its own floor and those below it, so a call upwards is an
# undefined symbol (see sim/README.md for the rules of the house).

VARIANT ?= release
V       ?= 0
BUILD   := build/$(VARIANT)
Q       := $(if $(filter 1,$(V)),,@)

CC      ?= cc
VERSION := 0.1.0

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion \
        -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef -Wvla
ifdef CI
WARN += -Werror
endif
# -ffp-contract=off: same bits on every machine (docs/decisions in sim/README.md)
CFLAGS_all     := -std=c11 -D_POSIX_C_SOURCE=200809L -I. -I$(BUILD)/gen \
                  -ffp-contract=off -fno-math-errno -fno-trapping-math \
                  -DSITESIM_VERSION='"$(VERSION)"' $(WARN)
# a test may abbreviate where a product source may not
WARN_tests     := -Wno-conversion -Wno-double-promotion -Wno-float-conversion \
                  -Wno-missing-field-initializers
CFLAGS_release := -O3 -g
CFLAGS_debug   := -O0 -g3
CFLAGS_san     := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                  -fsanitize=float-cast-overflow -fno-sanitize-recover=all -DSIM_NO_CLONES
CFLAGS_tsan    := -O1 -g -fsanitize=thread -DSIM_NO_CLONES
CFLAGS_v       := $(CFLAGS_$(VARIANT))
LDFLAGS_san    := -fsanitize=address,undefined
LDFLAGS_tsan   := -fsanitize=thread

# ---- floors, bottom up: sources, foreign libraries, what they may link ------
FLOORS := sim results models loader reports plots cli
dir_sim     := sim
dir_results := models/results
dir_models  := models
dir_loader  := scenarios/loader
dir_reports := reports
dir_plots   := plots
dir_cli     := cli

lib_sim     := -lgsl -lgslcblas -lm -lpthread
lib_loader  := -lyaml
lib_reports := -lxlsxwriter -ljansson
lib_plots   := $(shell pkg-config --libs cairo freetype2 2>/dev/null)
inc_plots   := $(shell pkg-config --cflags cairo freetype2 2>/dev/null)

# a floor links itself and what stands below, in this order
link_sim     := sim
link_results := results sim
link_models  := models results sim
link_loader  := loader models results sim
link_reports := reports results sim
link_plots   := plots results sim
link_cli     := cli loader reports plots models results sim

src  = $(wildcard $(dir_$(1))/*.c)
gen_loader := $(BUILD)/gen/presets_data.c
objs = $(patsubst %.c,$(BUILD)/%.o,$(call src,$(1))) \
       $(patsubst $(BUILD)/gen/%.c,$(BUILD)/gen/%.o,$(gen_$(1)))
archive = $(BUILD)/lib$(1).a
archives = $(foreach f,$(link_$(1)),$(BUILD)/lib$(f).a)
libs     = $(foreach f,$(link_$(1)),$(lib_$(f)))

BIN := $(BUILD)/sitesim

.PHONY: all help demo test check lint docs bench intervals same golden clean deps-demo deps-test
all: $(BIN)

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

define floor_rules
$(BUILD)/lib$(1).a: $(call objs,$(1))
	$(Q)rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach f,$(FLOORS),$(eval $(call floor_rules,$(f))))

$(BUILD)/plots/%.o: inc_extra := $(inc_plots)
$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(CFLAGS_v) $(inc_extra) -MMD -MP -c $< -o $@
$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(Q)$(CC) $(CFLAGS_all) $(CFLAGS_v) -MMD -MP -c $< -o $@

# presets and built-in tables, compiled in
PRESET_FILES := $(sort $(wildcard scenarios/presets/*.yaml) $(wildcard scenarios/data/*.csv))
$(BUILD)/gen/presets_data.c: $(PRESET_FILES) .ci/embed.sh $(wildcard scenarios/presets scenarios/data)
	@mkdir -p $(@D)
	$(Q)sh .ci/embed.sh $(PRESET_FILES) > $@.tmp && mv $@.tmp $@

$(BIN): $(call archives,cli)
	$(Q)$(CC) $(CFLAGS_v) $(LDFLAGS_$(VARIANT)) -o $@ $(call archives,cli) $(call libs,cli)

# ---- tests: tests/<floor>/test_<thing>.c, one program each ------------------
TESTS :=
define test_rules
TESTS += $$(patsubst %.c,$(BUILD)/%,$$(wildcard tests/$(1)/test_*.c))
$(BUILD)/tests/$(1)/%: tests/$(1)/%.c $(call archives,$(1)) Makefile
	@mkdir -p $$(@D)
	$(Q)$(CC) $(CFLAGS_all) $(WARN_tests) $(CFLAGS_v) -Itests $(inc_$(1)) $(LDFLAGS_$(VARIANT)) \
	    -MMD -MP -o $$@ $$< $(call archives,$(1)) $$(call libs,$(1)) \
	    $$(shell pkg-config --libs check 2>/dev/null)
endef
$(foreach f,$(FLOORS),$(eval $(call test_rules,$(f))))

# ---- exact answers: tests/verify, whose test_exact_*.c test the solvers -----
VERIFY      := $(BUILD)/tests/verify/verify
verify_src  := $(filter-out tests/verify/test_% tests/verify/intervals%,$(wildcard tests/verify/*.c))
verify_objs := $(verify_src:%.c=$(BUILD)/%.o)
exact_objs  := $(filter $(BUILD)/tests/verify/exact_%,$(verify_objs))
TESTS       += $(patsubst %.c,$(BUILD)/%,$(wildcard tests/verify/test_*.c))
$(BUILD)/tests/verify/%.o: tests/verify/%.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(WARN_tests) $(CFLAGS_v) -MMD -MP -c $< -o $@
$(VERIFY): $(verify_objs) $(call archives,loader)
	$(Q)$(CC) $(CFLAGS_v) $(LDFLAGS_$(VARIANT)) -o $@ $^ $(call libs,loader)
$(BUILD)/tests/verify/test_%: tests/verify/test_%.c $(exact_objs) $(call archives,loader) Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(WARN_tests) $(CFLAGS_v) -Itests $(LDFLAGS_$(VARIANT)) \
	    -MMD -MP -o $@ $< $(exact_objs) $(call archives,loader) $(call libs,loader) \
	    $(shell pkg-config --libs check 2>/dev/null)

## make            build build/release/sitesim
## make demo       install what is missing, build, run scenarios/four-tiers.yaml into out/
demo: deps-demo
	@$(MAKE) --no-print-directory all
	$(BIN) run scenarios/four-tiers.yaml -o out

## make test       install what tests need, build, run all tests
test: deps-test
	@$(MAKE) --no-print-directory run-tests

.PHONY: run-tests
run-tests: $(BIN) $(TESTS) $(VERIFY)
	@SITESIM=$(BIN) BUILD=$(BUILD) sh tests/run.sh $(TESTS)

deps-demo:
	@sh .ci/packages.sh build
deps-test:
	@sh .ci/packages.sh build test

## make check      tests under sanitizers, lint, drift of generated files
check: deps-test
	@$(MAKE) --no-print-directory VARIANT=san run-tests
	@$(MAKE) --no-print-directory lint
	@sh .ci/drift.sh $(BIN)

## make lint       format, static analysis, headers alone, floors, symbols
lint: $(BIN)
	@sh .ci/lint.sh $(BUILD)

## make docs       regenerate scenarios/schema.json and scenarios/REFERENCE.md
docs: $(BIN)
	$(BIN) schema > scenarios/schema.json.tmp && mv scenarios/schema.json.tmp scenarios/schema.json
	$(BIN) schema --reference > scenarios/REFERENCE.md.tmp && mv scenarios/REFERENCE.md.tmp scenarios/REFERENCE.md

## make bench      speed on fixed scenarios, each figure beside its target
bench: all
	@$(MAKE) --no-print-directory $(BUILD)/tests/bench/bench
	@$(BUILD)/tests/bench/bench $(BIN)
$(BUILD)/tests/bench/%: tests/bench/%.c $(call archives,models) Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(WARN_tests) $(CFLAGS_v) -MMD -MP -o $@ $< $(call archives,models) $(call libs,models)

## make intervals  coverage of intervals and bias after warm-up; writes docs/INTERVALS.md
intervals: $(BUILD)/tests/verify/intervals
	@$<
$(BUILD)/tests/verify/intervals: tests/verify/intervals.c tests/verify/intervals_models.c $(call archives,loader) Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(WARN_tests) $(CFLAGS_v) -Itests $(LDFLAGS_$(VARIANT)) \
	    -o $@ $(filter %.c,$^) $(call archives,loader) $(call libs,loader)

## make same     the same figures from differently compiled programs
same:
	@sh tests/builds.sh
$(BUILD)/tests/tools/%: tests/tools/%.c $(call archives,loader) Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_all) $(WARN_tests) $(CFLAGS_v) $(LDFLAGS_$(VARIANT)) \
	    -MMD -MP -o $@ $< $(call archives,loader) $(call libs,loader)

## make verify     simulation against every family with an exact answer; writes docs/VALIDATION.md
.PHONY: verify
verify: $(VERIFY)
	@$(VERIFY) --report docs/VALIDATION.md $(foreach s,$(SEED),--seed $(s))

## make golden     compare results with tests/golden (UPDATE=1 rewrites)
golden: all
	@SITESIM=$(BIN) UPDATE=$(UPDATE) sh tests/golden.sh

## make clean      remove build/
clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
