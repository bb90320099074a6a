namespace Tailer.Wire;

/// <summary>What a credential's holder is. The numbers are on the wire; see docs/formats/credential.md.</summary>
public enum Role
{
    None = 0,
    Agent = 1,
    Buck = 2,
    Porter = 3,
    Archie = 4,
    Operator = 5,
}
