using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests.Api.Calls;

internal static class GeoCalls
{
    private static readonly RedisValue[] Members = ["Palermo", "missing"];
    private static readonly GeoSearchShape Near = new GeoSearchCircle(200, GeoUnit.Kilometers);
    private static readonly GeoSearchShape Box = new GeoSearchBox(400, 400, GeoUnit.Kilometers);

    public static readonly CallTable<IDatabase> All = new()
    {
        d => d.GeoAdd("geo", 12.5, 41.9, "Roma"),
        d => d.GeoAdd("geo", 500, 41.9, "nowhere"),
        d => d.GeoAdd("geo", new GeoEntry(12.5, 41.9, "Roma")),
        d => d.GeoAdd("geo", new GeoEntry[] { new(12.5, 41.9, "Roma"), new(13.361389, 38.115556, "Palermo") }),
        d => d.GeoDistance("geo", "Palermo", "Catania", GeoUnit.Miles),
        d => d.GeoDistance("geo", "Palermo", "missing"),
        d => d.GeoHash("geo", Members),
        d => d.GeoHash("geo", "Palermo"),
        d => d.GeoPosition("geo", Members),
        d => d.GeoPosition("geo", "Catania"),
        d => d.GeoPosition("geo", "missing"),
        d => d.GeoRadius("geo", "Palermo", 200, GeoUnit.Kilometers, 5, Order.Ascending, GeoRadiusOptions.WithCoordinates | GeoRadiusOptions.WithDistance),
        d => d.GeoRadius("geo", 15, 37, 200, GeoUnit.Kilometers, -1, Order.Descending, GeoRadiusOptions.WithGeoHash),
        d => d.GeoRemove("geo", "Palermo"),
        d => d.GeoSearch("geo", "Palermo", Near, 5, true, Order.Ascending),
        d => d.GeoSearch("geo", 15, 37, Box, 2, false, Order.Ascending),
        d => d.GeoSearchAndStore("geo", "target", "Palermo", Near),
        d => d.GeoSearchAndStore("geo", "target", 15, 37, Box, -1, true, null, true),
    };
}
