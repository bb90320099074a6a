namespace Tailer.Testing;

/// <summary>The simulated machine lost its power while this file was open: whoever held it is gone with the old run.</summary>
public sealed class PowerLostException(string path) : IOException($"the power went while {path} was open; open it again");
