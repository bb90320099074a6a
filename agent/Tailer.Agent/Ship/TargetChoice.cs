namespace Tailer.Agent;

/// <summary>Chooses bucks: at random, so that any two of them share the load and none is special.</summary>
internal static class TargetChoice
{
    /// <summary>Up to <paramref name="count"/> different healthy links that do not have the packet yet.</summary>
    public static List<BuckLink> Pick(IReadOnlyList<BuckLink> links, IReadOnlySet<string> having, int count, Random random)
    {
        List<BuckLink> free = [.. links.Where(link => link.IsHealthy && !having.Contains(link.Name))];
        for (int i = 0; i < Math.Min(count, free.Count); i++)
        {
            int k = random.Next(i, free.Count);
            (free[i], free[k]) = (free[k], free[i]);
        }
        return free.GetRange(0, Math.Min(count, free.Count));
    }
}
