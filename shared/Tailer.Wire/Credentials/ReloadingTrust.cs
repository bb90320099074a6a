namespace Tailer.Wire;

/// <summary>
/// An environment's trust with a revocation list that is read again when its file changes. A list that cannot be read or is
/// older than the one in force changes nothing, and is reported: a revocation, once known, is not forgotten by accident.
/// Safe from any thread; <see cref="Current"/> looks at the file at most every ten seconds.
/// </summary>
public sealed class ReloadingTrust
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(10);

    private readonly string path;
    private readonly TimeProvider clock;
    private readonly Action<string> onProblem;
    private readonly Lock gate = new();
    private EnvironmentTrust current;
    private (DateTime Written, long Bytes) seen;
    private long lookedAt;

    /// <summary>Reads the list. Throws <see cref="CredentialFileException"/>: a process that should heed one does not start without.</summary>
    public ReloadingTrust(EnvironmentTrust trust, string path, TimeProvider clock, Action<string> onProblem)
    {
        this.path = path;
        this.clock = clock;
        this.onProblem = onProblem;
        seen = Stamp();
        lookedAt = clock.GetTimestamp();
        current = trust.With(RevocationList.Load(path, trust));
    }

    public EnvironmentTrust Current
    {
        get
        {
            lock (gate)
            {
                if (clock.GetElapsedTime(lookedAt) >= LookPeriod)
                    Look();
                return current;
            }
        }
    }

    private void Look()
    {
        lookedAt = clock.GetTimestamp();
        (DateTime Written, long Bytes) stamp = Stamp();
        if (stamp == seen)
            return;
        seen = stamp;
        try
        {
            RevocationList list = RevocationList.Load(path, current);
            if (list.Issued < current.Revocations.Issued)
                onProblem($"{path} is older than the list in force, which stays; copy the newest list again");
            else
                current = current.With(list);
        }
        catch (CredentialFileException e)
        {
            onProblem($"{e.Message}; the list in force stays");
        }
    }

    private (DateTime Written, long Bytes) Stamp()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
