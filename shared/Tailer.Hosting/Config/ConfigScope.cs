namespace Tailer.Hosting;

/// <summary>What all sections of one file share.</summary>
internal sealed record ConfigScope(ConfigErrors Errors, Func<string, string?> Variable, string Folder);
