namespace Tailer.Reliability;

/// <summary>As large as the issue it is about, or small enough to be a test.</summary>
internal enum ScenarioSize
{
    Short,
    Full,
}
