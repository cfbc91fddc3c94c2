#!/bin/sh
# gate hook 1 @digest@
gate=@gate@
path=@path@
name=@name@
earlier=@earlier@

# Written by `gate install`, and taken away by `gate uninstall`. gate has nothing to do here: git looks for hooks in this
# folder only, so this hands over to the hook in the folder where git looked before.
case $earlier in
+*) before=${0%/*}/${earlier#+}/$name ;;
*) before=$earlier/$name ;;
esac
if [ -f "$before" ] && [ -x "$before" ]; then
  exec "$before" "$@"
fi
exit 0
