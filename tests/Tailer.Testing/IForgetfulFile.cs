namespace Tailer.Testing;

/// <summary>An open file of which a failed sync can forget what was not synced.</summary>
internal interface IForgetfulFile
{
    void FailSync();
}
