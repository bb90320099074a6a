using System.Text.Json;
using System.Text.Json.Serialization;
using Tailer.Hosting;

namespace Tailer.Cli.Up;

/// <summary>The file <c>up.json</c>: what runs, and how to reach it. Other commands take it as their whole configuration.</summary>
internal sealed record UpState
{
    /// <summary>Version of this file's fields.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required string Environment { get; init; }

    /// <summary>Process id of <c>tailer up</c> itself.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Base URL of the web page and API, without token.</summary>
    public required string Url { get; init; }

    public required string TokenFile { get; init; }

    /// <summary>Credential with which the command line reads from bucks.</summary>
    public required string Credential { get; init; }

    public required string RecentPath { get; init; }

    public required string ArchivePath { get; init; }

    public required int BucketSeconds { get; init; }

    public required IReadOnlyList<UpProcess> Processes { get; init; }

    /// <summary>The bucks among the processes.</summary>
    [JsonIgnore]
    public IEnumerable<UpProcess> Bucks => Processes.Where(p => p.Part == "buck");

    public void Write(string path) => SecretFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, UpStateJson.Default.UpState));

    /// <summary>Null where there is no file.</summary>
    /// <exception cref="FatalException">78 when the file is not one of ours.</exception>
    public static UpState? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            UpState? state = JsonSerializer.Deserialize(SecretFile.ReadText(path), UpStateJson.Default.UpState);
            if (state?.Version == CurrentVersion)
                return state;
            throw new FatalException(ExitCode.Config, $"{path} has version {state?.Version}, this program knows {CurrentVersion}. Start tools/up again with an empty state directory.");
        }
        catch (JsonException e)
        {
            throw new FatalException(ExitCode.Config, $"{path} is not a state file of tools/up: {e.Message}", e);
        }
    }
}
