namespace DevOpsAI.Common;

/// <summary>How far apart two words are: insertions, deletions, replacements and swaps of neighbors.</summary>
public static class EditDistance
{
    private const int MaxLength = 32;
    private const int MaxNear = 3;

    /// <summary>Those that were probably meant by a word, nearest first: at most half of it is other, and they are three at most.</summary>
    public static IReadOnlyList<string> Nearest(string word, IEnumerable<string> known) =>
    [
        .. known.Select(name => (Name: name, Distance: Between(word, name)))
            .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(word.Length, candidate.Name.Length) / 2))
            .OrderBy(static candidate => candidate.Distance)
            .Take(MaxNear)
            .Select(static candidate => candidate.Name),
    ];

    public static int Between(string left, string right)
    {
        if (left.Length > MaxLength)
            return int.MaxValue;
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var replaced = rows[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[left.Length, right.Length];
    }
}
