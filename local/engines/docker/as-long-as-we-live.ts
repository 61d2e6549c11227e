/**
 * For `sh -c`: runs the program given as its arguments for as long as its standard input is open. In a container this
 * shell is the first process, and the other end of its input a connection of ours, which the system closes however we
 * die; the shell then ends its program, and with the first process the container ends, all of it.
 * A TERM is handed on; when the program ends by itself, so does the shell, with the same code.
 */
export const asLongAsWeLive = `
trap 'kill -TERM "$program" 2>/dev/null' TERM
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ cat <&3 >/dev/null; kill -KILL "$program" 2>/dev/null; } &
exec 3<&-
wait "$program"
status=$?
while kill -0 "$program" 2>/dev/null; do wait "$program"; status=$?; done
exit "$status"
`;
