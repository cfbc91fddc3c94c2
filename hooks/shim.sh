#!/bin/sh
# gate hook 1 @digest@
gate=@gate@
path=@path@
name=@name@
earlier=@earlier@

# Written by `gate install`, and taken away by `gate uninstall`. Put nothing of your own here: the line with the number
# tells whether somebody did. Hooks of your own that were here before, or that lie in the folder that git used before,
# still run: see below.

# What git says of a push is read once and given to both, as it was: the shell drops the line's end, the here-document
# brings it back.
feed() {
  if [ -n "$refs" ]; then
    "$@" <<END_OF_REFS
$refs
END_OF_REFS
  else
    "$@" </dev/null
  fi
}

# The hook that was here before runs first, as git would run it: not if it may not be executed. If it fails, git stops.
case $earlier in
'') before=${0%/*}/$name.before-gate ;;
+*) before=${0%/*}/${earlier#+}/$name ;;
*) before=$earlier/$name ;;
esac
case $0 in
*.legacy)
  # pre-commit or prek took this place and runs what it put aside first. Its own older script must not run it again.
  if grep -q -e 'https://pre-commit\.com' -e 'https://github\.com/j178/prek' "$before" 2>/dev/null; then
    before=
  fi
  ;;
esac
start=
if [ -f "$before" ] && [ -x "$before" ]; then
  case $name in
  pre-push | pre-receive)
    refs=$(cat) || exit 1
    feed "$before" "$@" || exit $?
    start=feed
    ;;
  *) "$before" "$@" || exit $? ;;
  esac
fi

# Git has a bare PATH where a desktop started it. The folders that PATH had at `gate install` come first and what the
# caller has besides comes after them, so that terminal and desktop find the same tools.
PATH=$path${PATH:+:$PATH}
export PATH

if ! { [ -f "$gate" ] && [ -x "$gate" ]; }; then
  missing=$gate
  gate=$(command -v gate) || gate=
  if [ -z "$gate" ] && [ "${GATE-}" = 0 ]; then
    printf '%s\n' "gate: it is neither at '$missing' nor in PATH; GATE=0 lets $name go on unchecked" >&2
    exit 0
  fi
  if [ -z "$gate" ]; then
    printf '%s\n' "gate: $name is refused, since gate is neither at '$missing' nor in PATH: install it there and run 'gate install', or go on unchecked this once with GATE=0" >&2
    exit 1
  fi
fi
$start exec "$gate" hook "$name" "$@"
