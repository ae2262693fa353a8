# Completion of springspice in bash. The program itself says what may come next, so that nothing here
# is a copy of its options.

_springspice() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ $candidate == : ]]; then
      compopt -o default # a file's name may come, where no candidate fits
    else
      COMPREPLY+=("$candidate")
    fi
  done < <("${1/#\~/$HOME}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -F _springspice springspice
