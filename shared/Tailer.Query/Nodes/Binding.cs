namespace Tailer.Queries;

internal enum Binding
{
    Or,
    And,
    Leaf,
}
