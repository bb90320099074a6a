using Microsoft.Extensions.Logging;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>All bucks of the environment, and the latest listing of their bucket files. Thread-safe.</summary>
internal sealed class BuckFleet(IReadOnlyList<IBuck> bucks, ILogger<BuckFleet> logger)
{
    private readonly HashSet<string> down = new(StringComparer.Ordinal);
    private volatile FleetListing listing = FleetListing.Empty;

    /// <summary>In order of name, so that all porters ask the same one first for a lease.</summary>
    public IReadOnlyList<IBuck> Bucks { get; } = [.. bucks.OrderBy(buck => buck.Name, StringComparer.Ordinal)];

    /// <summary>What <see cref="ListAsync"/> found last.</summary>
    public FleetListing Latest => listing;

    /// <summary>Lists all bucks at once. One that does not answer is left out; one owner calls this.</summary>
    public async Task<FleetListing> ListAsync(CancellationToken stopping)
    {
        IReadOnlyList<BucketListing>?[] answers = await Task.WhenAll(Bucks.Select(buck => ListAsync(buck, stopping))).ConfigureAwait(false);
        List<IBuck> reachable = [];
        List<string> unreachable = [];
        List<HeldFile> files = [];
        for (int i = 0; i < answers.Length; i++)
        {
            if (answers[i] is not { } answer)
            {
                unreachable.Add(Bucks[i].Name);
                continue;
            }
            reachable.Add(Bucks[i]);
            files.AddRange(answer.Select(file => new HeldFile(Bucks[i], file)));
        }
        files.Sort((x, y) => x.Start.CompareTo(y.Start));
        return listing = new FleetListing(reachable, unreachable, files);
    }

    private async Task<IReadOnlyList<BucketListing>?> ListAsync(IBuck buck, CancellationToken stopping)
    {
        try
        {
            IReadOnlyList<BucketListing> files = await buck.ListBucketsAsync(stopping).ConfigureAwait(false);
            if (Mark(buck.Name, isDown: false))
                PorterLog.BuckIsBack(logger, buck.Name);
            return files;
        }
        catch (BuckException e)
        {
            if (Mark(buck.Name, isDown: true))
                PorterLog.BuckUnreachable(logger, buck.Name, e.Message);
            return null;
        }
    }

    /// <summary>True when that is news.</summary>
    private bool Mark(string name, bool isDown)
    {
        lock (down)
            return isDown ? down.Add(name) : down.Remove(name);
    }
}
