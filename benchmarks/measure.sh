#!/usr/bin/env bash
# Measures anew what is committed in results/suites/, with those contestants that a small machine can
# run, and puts the figures into README.md. What is on disk in the folder is not run again.
#   benchmarks/measure.sh runs/committed                 # all: some 25 CPU minutes and DQN's 40
#   benchmarks/measure.sh runs/committed plastic cost    # some suites
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?name a folder for the runs}
shift
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(fast plastic srl_cs_2018 robust transfer explain cost)
true_facts='"rules, true facts", "relational, true facts", "srl_cs, true facts", "dsrl, true facts"'
declare -A only=(
  [fast]="[relational, rules, $true_facts, \"flat, true facts\", \"DQN, tuned\", random, oracle]"
  [plastic]="[relational, rules, $true_facts]"
  [srl_cs_2018]='["SRL+CS", DSRL, Q-learning]'
  [transfer]="[relational, rules, $true_facts, random, oracle]"
)
for suite in "${suites[@]}"; do
  options=()
  [ -z "${only[$suite]:-}" ] || options=(--only "${only[$suite]}")
  python -m dsrl_agent benchmark --suite "$suite" "${options[@]}" --out "$out/$suite" > "$out-$suite.log"
  cat "$out/$suite"/runs/*.jsonl > "benchmarks/results/suites/$suite.jsonl"
done
python benchmarks/readme.py
