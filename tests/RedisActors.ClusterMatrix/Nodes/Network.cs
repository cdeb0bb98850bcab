using System.Globalization;
using System.Text.RegularExpressions;

namespace RedisActors.ClusterMatrix;

/// <summary>
/// Network namespaces on one bridge, one for Redis (0) and one for each node. The machine's own namespace has no address in it.
/// </summary>
/// <param name="name"><see cref="Prefix"/> and the process id of its maker; all that belongs to it has a name that begins with this.</param>
internal sealed partial class Network(string name)
{
    private const string Prefix = "ram";

    /// <summary>Nobody has this one, so what is sent to it is lost.</summary>
    private const string NowhereMac = "02:00:00:00:00:ff";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public string Name => name;

    /// <summary>Of the namespace of Redis or a node.</summary>
    public static string Address(int number) => $"10.77.0.{10 + number}";

    /// <summary>What starts a program in a namespace.</summary>
    public string[] Launcher(int number) => ["ip", "netns", "exec", Namespace(number)];

    /// <exception cref="InvalidOperationException">The machine does not permit it; the message is what <c>ip</c> says.</exception>
    public static async Task<Network> CreateAsync(int row, int nodes)
    {
        var network = new Network(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}.{row}"));
        try
        {
            await IpAsync([], $"link add {network.Name} type bridge", $"link set {network.Name} up");
            for (var number = 0; number <= nodes; number++)
            {
                var (space, link) = (network.Namespace(number), network.Link(number));
                await IpAsync(
                    [],
                    $"netns add {space}",
                    $"link add {link} type veth peer name eth0 netns {space}",
                    $"link set {link} master {network.Name} up");
                await IpAsync(["-n", space], "link set lo up", $"address add {Address(number)}/24 dev eth0", "link set eth0 up");
            }
        }
        catch
        {
            await RemoveAsync(network.Name);
            throw;
        }

        return network;
    }

    /// <summary>Why there can be no networks here; null: there can.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        if (Programs.Find("ip") is null) return "there is no ip (iproute2)";
        try
        {
            await RemoveAsync((await CreateAsync(0, 0)).Name);
            return null;
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }

    /// <summary>
    /// What the one sends to the other is lost, and what the other sends to the one; and nobody is told. A route that is a black hole would
    /// tell: to connect fails at once.
    /// </summary>
    public Task CutAsync(IEnumerable<(int One, int Other)> links) => BothWaysAsync(links, other =>
        $"neighbour replace {Address(other)} lladdr {NowhereMac} nud permanent dev eth0");

    public Task HealAsync(IEnumerable<(int One, int Other)> links) =>
        BothWaysAsync(links, other => $"neighbour delete {Address(other)} dev eth0");

    /// <summary>Resets the connections between the two. Returns how many sockets that were.</summary>
    public async Task<int> ResetAsync(int one, int other)
    {
        var (_, said) = await Programs.RunAsync("ip", [.. Launcher(one)[1..], "ss", "-K", "-H", "-t", "dst", Address(other)], Patience);
        return said.Split('\n').Count(line => line.Contains(Address(other), StringComparison.Ordinal));
    }

    /// <summary>Removes a network, complete or not.</summary>
    public static async Task RemoveAsync(string name)
    {
        foreach (var space in (await NamespacesAsync()).Where(space => space.StartsWith($"{name}-", StringComparison.Ordinal)))
        {
            await Programs.RunAsync("ip", ["netns", "delete", space], Patience);
        }

        foreach (var link in (await LinksAsync()).Where(link => link == name || link.StartsWith($"{name}v", StringComparison.Ordinal)))
        {
            await Programs.RunAsync("ip", ["link", "delete", link], Patience);
        }
    }

    /// <summary>Removes what programs have left that were killed.</summary>
    public static async Task RemoveLeftoversAsync()
    {
        if (Programs.Find("ip") is null) return;
        var left = (await NamespacesAsync()).Concat(await LinksAsync()).Select(line => Own().Match(line)).Where(IsLeftOver);
        foreach (var name in left.Select(match => match.Value).Distinct()) await RemoveAsync(name);

        static bool IsLeftOver(Match match) => match.Success && !Directory.Exists($"/proc/{match.Groups["pid"].Value}");
    }

    private Task BothWaysAsync(IEnumerable<(int One, int Other)> links, Func<int, string> command) => Task.WhenAll(
        links.SelectMany(link => new[] { link, (link.Other, link.One) })
            .GroupBy(link => link.Item1, link => link.Item2)
            .Select(ends => IpAsync(["-n", Namespace(ends.Key)], [.. ends.Select(command)])));

    private string Namespace(int number) => $"{name}-{number}";

    private string Link(int number) => $"{name}v{number}";

    private static Task<IEnumerable<string>> NamespacesAsync() => NamesAsync(NamespaceName(), "netns", "list");

    private static Task<IEnumerable<string>> LinksAsync() => NamesAsync(LinkName(), "-o", "link");

    private static async Task<IEnumerable<string>> NamesAsync(Regex name, params string[] list) =>
        (await Programs.RunAsync("ip", list, Patience)).Said.Split('\n').Select(line => name.Match(line).Groups[1].Value).Where(found => Own().IsMatch(found));

    private static async Task IpAsync(string[] options, params string[] lines)
    {
        var (code, said) = await Programs.RunAsync("ip", [.. options, "-batch", "-"], Patience, input: string.Join('\n', lines) + "\n");
        if (code != 0) throw new InvalidOperationException($"ip {string.Join("; ", lines)}: {said.Trim()}");
    }

    [GeneratedRegex($@"^{Prefix}(?<pid>\d+)\.\d+")]
    private static partial Regex Own();

    [GeneratedRegex(@"^(\S+)")]
    private static partial Regex NamespaceName();

    [GeneratedRegex(@"^\d+: ([^:@]+)")]
    private static partial Regex LinkName();
}
