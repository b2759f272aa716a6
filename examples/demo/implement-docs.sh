# Fails the first time, as real work does, and is retried by the runtime in the same worktree.
sleep 0.8
first_try="$NIIA_SCRATCHPAD/docs-was-here"
if [ ! -e "$first_try" ]; then
  touch "$first_try"
  echo "The style guide could not be fetched (simulated)." >&2
  exit 3
fi
cat >> README.md <<'MD'

## slugify(title)

    slugify('Crème Brûlée!') // 'creme-brulee'
MD
echo "README.md has a section on slugify(), written at the second try."
