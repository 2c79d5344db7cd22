#!/usr/bin/env bash
# A short selection of tests in fresh environments, one after the other:
#   tests/versions.sh pythons [3.13 ...]   the pinned requirements, on every Python that is found (or those named)
#   tests/versions.sh lowest               the lowest versions that pyproject.toml allows, on the oldest Python
# What needs a browser, Java or documentation packages is left out; the whole suite runs on one Python (`make test`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PYTHONS=(3.11 3.12 3.13 3.14)
UV=(.venv/bin/uv --quiet)
# A file for each library that carries linkkit.
TESTS=(
  tests/crawl/test_{archive,columns,limits}.py
  tests/test_{site,graph,clusters,text_words,tabular,sources_crawl,settings,client,network,widgets_model,wheel}.py
)

# The interpreter of a version: on the path, or one of pyenv's, whose shims run but for one of them.
find_python() {
  local each
  for each in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
    if [ "$("$each" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$1" ]; then
      command -v "$each"
      return
    fi
  done
  return 1
}

# try_on VERSION INTERPRETER REQUIREMENTS
try_on() {
  echo "== Python $1, $3"
  "${UV[@]}" venv --python "$2" "$folder/$1"
  "${UV[@]}" pip install --python "$folder/$1/bin/python" --requirements "$3"
  "${UV[@]}" pip install --python "$folder/$1/bin/python" --no-deps --editable .
  "$folder/$1/bin/python" -m pytest -q -p no:cacheprovider -m 'not browser and not docs and not spark' "${TESTS[@]}" || failed+=("$1")
  rm -rf "${folder:?}/$1"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=()
case "${1:-}" in
  pythons)
    shift
    for version in "${@:-${PYTHONS[@]}}"; do
      if python=$(find_python "$version"); then
        try_on "$version" "$python" requirements-test.txt
      else
        echo "== Python $version: not found"
      fi
    done
    ;;
  lowest)
    oldest=${PYTHONS[0]}
    "${UV[@]}" pip compile pyproject.toml --extra test --resolution lowest-direct --python-version "$oldest" \
      --no-annotate --output-file "$folder/lowest.txt" >/dev/null
    try_on "$oldest" "$(find_python "$oldest")" "$folder/lowest.txt"
    ;;
  *)
    sed -n '2,5s/^# //p' "$0" >&2
    exit 2
    ;;
esac
[ ${#failed[@]} -eq 0 ] || { echo "failed on: ${failed[*]}" >&2; exit 1; }
