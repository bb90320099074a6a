namespace Tailer.Blocks;

public enum Severity : byte { Unknown, Emergency, Alert, Critical, Error, Warning, Notice, Info, Debug, Trace }
