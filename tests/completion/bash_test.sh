# Drives the bash completion of the built program as bash does. Usage: bash_test.sh FOLDER_OF_THE_PROGRAM
set -u
PATH=$1:$PATH
source <(kwhatif completion bash) || exit 1
failures=0
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder" || exit 1
touch run.toml notes.txt config.json
mkdir tables

# complete WORD...: the words as bash parts them at its COMP_WORDBREAKS; the last one stands at the cursor.
complete_words() {
  COMP_WORDS=(kwhatif "$@")
  COMP_CWORD=$#
  COMP_LINE=kwhatif
  local word
  for word in "$@"; do
    # bash keeps ':' and '=' as words of their own, without blanks around them
    if [[ $word == [:=] || ${COMP_LINE: -1} == [:=] ]]; then COMP_LINE+=$word; else COMP_LINE+=" $word"; fi
  done
  COMP_POINT=${#COMP_LINE}
  COMPREPLY=()
  _kwhatif
}
# offers WHAT WORD...: WHAT is among the replies; with '!' in front it is not
offers() {
  local what=$1 reply found=no
  shift
  complete_words "$@"
  for reply in "${COMPREPLY[@]}"; do [[ $reply == "${what#!}" ]] && found=yes; done
  if [[ $what == !* && $found == yes || $what != !* && $found == no ]]; then
    echo "FAILED: ${what} after: $*; replies: ${COMPREPLY[*]:0:8}"
    failures=$((failures + 1))
  fi
}

offers estimate ''
offers estimate es
offers help he
offers --hardware estimate --hard
offers h100-sxm5 estimate --hardware h100
offers p5.48xlarge estimate --hardware p5
offers gcp:europe-north1 estimate --region gc
offers europe-north1 estimate --region gcp : eu
offers europe-north1 estimate --region gcp :
offers !gcp:europe-north1 estimate --region gcp : eu
offers FRA estimate --grid = FR
offers europe-north1 estimate --region = gcp : eu
offers region= sweep --axis reg
offers us-central1 sweep --axis region = gcp : us
offers h100-sxm5 sweep --axis hardware = h100
offers bf16 estimate --precision b
offers gpt2 model gp
offers config.json model co
offers gpt-3 init gp
offers gpt2 estimate --model gp
offers run.toml estimate ru
offers !notes.txt estimate no
offers run.toml check ru
offers tables estimate --data ta
offers !run.toml estimate --data ru
offers hardware show hard
offers h100-sxm5 show hardware h100
offers gcp:us-central1 show region gc
offers patterson-2021 reproduce patt
offers patterson-2021/gpt-3 explain patterson-2021/g
offers mfu help mf
offers runfile help run
offers stages help sta
offers plan help pl
offers zsh completion z
offers co2e sweep --by co
offers !--hardware model --hard gp
[[ $failures -eq 0 ]] || exit 1
echo "bash completion: all right"
