namespace Tailer.Hosting;

/// <summary>Finds the word somebody most likely meant, for "did you mean" hints.</summary>
public static class NearestWord
{
    /// <summary>The candidate with the fewest edits (insert, delete, replace, swap), or null when none is near enough to be a likely typing error.</summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        string? best = null;
        int bestEdits = Math.Max(1, Math.Min(3, word.Length / 3)) + 1;
        foreach (string candidate in candidates)
        {
            int edits = Edits(word, candidate);
            if (edits < bestEdits)
                (best, bestEdits) = (candidate, edits);
        }

        return best;
    }

    // Optimal string alignment: words here are a dozen letters, so the full table is fine.
    private static int Edits(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + replace);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
