using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Tailer.Testing;

/// <summary>Where tests run as root, whom no permission binds: code as another user has it.</summary>
public static partial class OtherUser
{
    private const uint Nobody = 65534;

    /// <summary>Runs it on a thread of its own that looks at files as "nobody" does (setfsuid(2)); whoever is not root stays who he is.</summary>
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (Environment.IsPrivilegedProcess)
                    _ = setfsuid(Nobody);
                action();
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown where it was waited for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);
}
