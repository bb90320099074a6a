using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>
/// What bucks hold of some bucket files: each packet and manifest once, with all its copies. Made from listings, so it costs
/// memory for headers and none for bodies. Not thread-safe.
/// </summary>
internal sealed class Holdings
{
    private readonly Dictionary<PacketId, HeldRecord> packets = [];
    private readonly Dictionary<PacketId, HeldRecord> manifests = [];
    private readonly Dictionary<HeldFileName, FileHoldings> files = [];

    public IReadOnlyDictionary<PacketId, HeldRecord> Packets => packets;

    public IReadOnlyDictionary<PacketId, HeldRecord> Manifests => manifests;

    public IReadOnlyCollection<FileHoldings> Files => files.Values;

    /// <summary>
    /// Lists files from the positions given (0 where none is). A buck that fails meanwhile is left out: its files count as not
    /// listed to the end.
    /// </summary>
    public static async Task<Holdings> ListAsync(IEnumerable<HeldFile> listed, Func<HeldFile, long>? since, CancellationToken stopping)
    {
        var holdings = new Holdings();
        Task<List<(HeldFile, FileHoldings)>>[] perBuck =
            [.. listed.GroupBy(file => file.Buck).Select(files => ListBuckAsync([.. files], since, stopping))];
        foreach (List<(HeldFile File, FileHoldings Content)> files in await Task.WhenAll(perBuck).ConfigureAwait(false))
        {
            foreach ((HeldFile file, FileHoldings content) in files)
                holdings.Add(file, content);
        }
        return holdings;
    }

    private static async Task<List<(HeldFile, FileHoldings)>> ListBuckAsync(List<HeldFile> files, Func<HeldFile, long>? since, CancellationToken stopping)
    {
        List<(HeldFile, FileHoldings)> listed = [];
        foreach (HeldFile file in files)
        {
            try
            {
                listed.Add((file, await ListFileAsync(file, since?.Invoke(file) ?? 0, stopping).ConfigureAwait(false)));
            }
            catch (BuckException)
            {
                // The fleet's next listing reports the buck; until then its files are as if it were down.
                break;
            }
        }
        return listed;
    }

    private static async Task<FileHoldings> ListFileAsync(HeldFile file, long since, CancellationToken stopping)
    {
        List<ListedRecord> records = [];
        while (true)
        {
            RecordPage page = await file.Buck.ListAsync(file.Listing.File, since, stopping).ConfigureAwait(false);
            records.AddRange(page.Records);
            if (page.Absent || page.AtEnd || page.Next <= since)
                return new FileHoldings(file, page.Absent ? -1 : page.Next, records);
            since = page.Next;
        }
    }

    private void Add(HeldFile file, FileHoldings content)
    {
        files[file.Name] = content;
        foreach (ListedRecord record in content.Records)
        {
            Dictionary<PacketId, HeldRecord> held = record.Type == RecordType.Manifest ? manifests : packets;
            if (!held.TryGetValue(record.Id, out HeldRecord? entry))
                held.Add(record.Id, entry = new HeldRecord(record.Id, file.Start));
            entry.Header ??= record.Header;
            entry.Copies.Add(new RecordCopy(file.Buck, file.Listing.File, record.Position));
        }
    }
}
