# What do the tests expect? The answer of a shell worker is what it prints.
sleep 1
echo "The tests expect these results:"
sed -n "s/.*slugify(\(.*\)), \(.*\));/- \1 becomes \2/p" test/slugify.test.js | tee "$NIIA_SCRATCHPAD/expectations.md"
