# Which conventions does the code follow?
sleep 1.4
echo "Conventions in $(ls src | wc -l | tr -d ' ') source file(s):"
grep -q "^export function" src/*.js && echo "- named exports"
grep -q ";$" src/*.js && echo "- semicolons"
grep -q "/\*\*" src/*.js && echo "- a doc comment on every export"
