namespace Tailer.Porter;

/// <summary>A buck could not be asked: it is down, refused, or broke off. Another may have what is needed; ask again later.</summary>
internal sealed class BuckException(string message, Exception? cause = null) : Exception(message, cause);
