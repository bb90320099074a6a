namespace Tailer.Cli.Verify;

/// <summary>Damage in a file.</summary>
/// <param name="From">First byte of the file that it concerns.</param>
/// <param name="To">The byte after the last.</param>
/// <param name="What">What is wrong there.</param>
/// <param name="Means">What follows from it for whoever needs the lines.</param>
internal sealed record Finding(long From, long To, string What, string Means);
