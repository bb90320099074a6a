using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>Names a bucket file among those of all bucks.</summary>
internal readonly record struct HeldFileName(string Buck, BucketFileName File);
