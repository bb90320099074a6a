namespace Tailer.Wire;

/// <summary>A key, credential or revocation file that cannot be used; the message says which, why, and what to do.</summary>
public sealed class CredentialFileException(string message, Exception? cause = null) : Exception(message, cause);
