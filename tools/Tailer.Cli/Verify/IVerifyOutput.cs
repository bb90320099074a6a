namespace Tailer.Cli.Verify;

/// <summary>Where results go: for people, or for programs.</summary>
internal interface IVerifyOutput
{
    void Proven(FileProof proof);

    /// <summary>A file, or a directory, that could not be looked into.</summary>
    void Unread(string path, string reason);

    /// <summary>Everything was told.</summary>
    void End();
}
