#!/usr/bin/env bash
# Measures anew what is committed in results/suites/, and writes the figures into docs/. What is on
# disk in the folder is not run again, and a run that was stopped goes on.
#   benchmarks/measure.sh runs/committed                 # all: some eighteen hours of one core, mostly DQN's
#   benchmarks/measure.sh runs/committed plastic cost    # some suites
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?name a folder for the runs}
shift
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(main_job fast transfer plastic robust explain cost srl_cs_2018 front_ends larger_frames dqn_search \
  other_agents)
mkdir -p "$out"
for suite in "${suites[@]}"; do
  python -m dsrl_agent benchmark --suite "$suite" --out "$out/$suite" > "$out/$suite.log"
  cat "$out/$suite"/runs/*.jsonl > "benchmarks/results/suites/$suite.jsonl"
done
python benchmarks/readme.py
