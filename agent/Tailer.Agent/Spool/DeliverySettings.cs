using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>How carefully packets of a source are delivered; one class per packet.</summary>
internal sealed record DeliverySettings(int Copies = 2, bool FsyncBeforeAck = false, BoundaryCopy BoundaryCopy = BoundaryCopy.Unacked);
