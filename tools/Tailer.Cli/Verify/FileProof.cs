namespace Tailer.Cli.Verify;

/// <summary>What was found of one file: damage, and what it holds. Filled in while the file is read; not thread-safe.</summary>
internal sealed class FileProof(string path, FileForm form)
{
    /// <summary>More than anybody reads; what comes after is counted. A file of zeros must not fill the memory.</summary>
    public const int FindingsMax = 100;

    private readonly List<Finding> findings = [];
    private readonly List<string> notes = [];

    public string Path => path;

    public FileForm Form => form;

    /// <summary>In words: <c>sealed segment</c>.</summary>
    public string Kind { get; set; } = "";

    public long FileBytes { get; set; }

    /// <summary>Events that could be read.</summary>
    public long Events { get; set; }

    /// <summary>Sum of their lengths.</summary>
    public long RawBytes { get; set; }

    /// <summary>Blocks of a segment, records of a bucket file.</summary>
    public long Parts { get; set; }

    /// <summary>Those of them in which something is wrong.</summary>
    public long DamagedParts { get; set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>In the order of their places in the file.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Findings beyond <see cref="FindingsMax"/>.</summary>
    public long FindingsLeftOut { get; private set; }

    /// <summary>What is unusual and no damage.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>What to do about damage.</summary>
    public string Advice { get; set; } = "";

    public bool IsWhole => findings.Count == 0;

    public void Add(Finding finding)
    {
        if (findings.Count == FindingsMax)
        {
            FindingsLeftOut++;
            return;
        }
        int at = findings.Count;
        while (at > 0 && findings[at - 1].From > finding.From)
            at--;
        findings.Insert(at, finding);
    }

    public void Note(string text)
    {
        if (notes.Count < FindingsMax)
            notes.Add(text);
    }
}
