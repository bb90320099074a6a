using System.Net;
using System.Net.Sockets;
using Tailer.Cli.Up;
using Tailer.Hosting;

namespace Tailer.Cli.Tests.Up;

public sealed class PortPickerTests
{
    [Fact]
    public void Taken_ports_are_stepped_over()
    {
        var ports = new PortPicker(7400, port => port is not (7400 or 7402));
        Assert.Equal([7401, 7403, 7404], [ports.Pick(null), ports.Pick(null), ports.Pick(null)]);
    }

    [Fact]
    public void The_port_used_before_is_used_again_when_it_is_free()
    {
        var ports = new PortPicker(7400, port => port != 7410);
        Assert.Equal(7409, ports.Pick(7409));
        Assert.Equal(7400, ports.Pick(7410));
        Assert.Equal(7401, ports.Pick(7409));
    }

    [Fact]
    public void No_port_is_given_out_twice_in_any_order_of_old_and_new()
    {
        var ports = new PortPicker(7400, _ => true);
        int[] picked = [ports.Pick(7401), ports.Pick(null), ports.Pick(7400), ports.Pick(null), ports.Pick(7403)];
        Assert.Equal(picked.Length, picked.Distinct().Count());
    }

    [Fact]
    public void Without_any_free_port_the_message_says_what_to_do()
    {
        FatalException e = Assert.Throws<FatalException>(() => new PortPicker(65_530, _ => false).Pick(null));
        Assert.Equal(ExitCode.Unavailable, e.ExitCode);
        Assert.Contains("--port", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_somebody_listens_on_is_not_free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.False(PortPicker.IsFreeOnLoopback(port));
        listener.Stop();
        Assert.True(PortPicker.IsFreeOnLoopback(port));
    }
}
