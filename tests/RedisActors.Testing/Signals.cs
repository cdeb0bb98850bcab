using System.ComponentModel;
using System.Runtime.InteropServices;

namespace RedisActors.Testing;

/// <summary>The signals used to inject faults.</summary>
internal static class Signals
{
    private const int NoSuchProcess = 3;

    public static int Kill => 9;

    public static int Terminate => 15;

    public static int Suspend => OperatingSystem.IsMacOS() ? 17 : 19;

    public static int Resume => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Sends the signal; ignores processes that are already gone.</summary>
    public static void Send(int processId, int signal)
    {
        if (SendSignal(processId, signal) == 0) return;

        var error = Marshal.GetLastPInvokeError();
        if (error != NoSuchProcess) throw new Win32Exception(error);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);
}
