# What happened before?
sleep 0.7
echo "Last commits:"
git log --format='- %s (%an)' -5
