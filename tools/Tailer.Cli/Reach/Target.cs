using Tailer.Hosting;

namespace Tailer.Cli.Reach;

/// <summary>One environment as the command line sees it: where its parts are, and what opens their doors.</summary>
/// <param name="Environment">Name of the environment.</param>
/// <param name="Archie">Base URL of archie.</param>
/// <param name="TokenFile">Archie's token.</param>
/// <param name="Credential">Credential file with which bucks are read.</param>
/// <param name="Bucks">All bucks.</param>
/// <param name="ArchivePath">Directory of the archive.</param>
/// <param name="BucketTime">Width of a bucket.</param>
internal sealed record Target(
    string Environment, Uri Archie, string TokenFile, string Credential, IReadOnlyList<TargetBuck> Bucks, string ArchivePath, TimeSpan BucketTime);
