namespace Tailer.Stores;

/// <summary>How far an agent's word reaches.</summary>
public enum AgentState
{
    /// <summary>Its manifests reach the present.</summary>
    Current,

    /// <summary>It said goodbye and did not come back: what it sent until then is all there is.</summary>
    Stopped,

    /// <summary>The host will not come back.</summary>
    Retired,

    /// <summary>Nothing was heard of it since a time, and it did not say goodbye.</summary>
    Silent,
}
