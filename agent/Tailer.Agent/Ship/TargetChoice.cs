namespace Tailer.Agent;

/// <summary>Chooses bucks: at random, so that any two of them share the load and none is special; from different zones where it can. Pure.</summary>
internal static class TargetChoice
{
    /// <summary>
    /// Up to <paramref name="count"/> of the candidates. Those that are set aside come only when no other is left; before that, those
    /// in zones which neither <paramref name="zonesTaken"/> nor the choice has.
    /// </summary>
    public static List<T> Pick<T>(IReadOnlyList<T> candidates, Func<T, string> zoneOf, Func<T, bool> isSetAside, IReadOnlyCollection<string> zonesTaken, int count, Random random)
    {
        List<T> left = [.. candidates];
        var chosen = new List<T>(count);
        var zones = new HashSet<string>(zonesTaken.Where(zone => zone.Length > 0), StringComparer.Ordinal);
        while (chosen.Count < count && left.Count > 0)
        {
            int best = -1;
            int bestRank = int.MaxValue;
            int same = 0;
            for (int i = 0; i < left.Count; i++)
            {
                int rank = (isSetAside(left[i]) ? 2 : 0) + (zones.Contains(zoneOf(left[i])) ? 1 : 0);
                if (rank < bestRank)
                    (best, bestRank, same) = (i, rank, 1);
                else if (rank == bestRank && random.Next(++same) == 0)
                    best = i;
            }
            chosen.Add(left[best]);
            if (zoneOf(left[best]).Length > 0)
                zones.Add(zoneOf(left[best]));
            left.RemoveAt(best);
        }
        return chosen;
    }
}
