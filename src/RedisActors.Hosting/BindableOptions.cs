using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace RedisActors.Hosting;

/// <summary>
/// Options to which the binder of Microsoft.Extensions.Configuration hands over the sections as they are written, instead of setting the
/// properties: it would leave out every key that it does not know, and cannot read <c>5s</c> or <c>exactly-once</c>. For it, this is a
/// dictionary; whatever it adds is bound at once.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is a dictionary for the binder alone.")]
internal sealed class BindableOptions : RedisOptions, IDictionary<string, IConfigurationSection>
{
    int ICollection<KeyValuePair<string, IConfigurationSection>>.Count => 0;

    bool ICollection<KeyValuePair<string, IConfigurationSection>>.IsReadOnly => false;

    ICollection<string> IDictionary<string, IConfigurationSection>.Keys => [];

    ICollection<IConfigurationSection> IDictionary<string, IConfigurationSection>.Values => [];

    IConfigurationSection IDictionary<string, IConfigurationSection>.this[string key]
    {
        get => throw new KeyNotFoundException();
        set => Bound.Bind(value, this);
    }

    void IDictionary<string, IConfigurationSection>.Add(string key, IConfigurationSection value) => Bound.Bind(value, this);

    void ICollection<KeyValuePair<string, IConfigurationSection>>.Add(KeyValuePair<string, IConfigurationSection> item) => Bound.Bind(item.Value, this);

    bool IDictionary<string, IConfigurationSection>.ContainsKey(string key) => false;

    bool IDictionary<string, IConfigurationSection>.Remove(string key) => false;

    bool IDictionary<string, IConfigurationSection>.TryGetValue(string key, [MaybeNullWhen(false)] out IConfigurationSection value)
    {
        value = null;
        return false;
    }

    void ICollection<KeyValuePair<string, IConfigurationSection>>.Clear()
    {
    }

    bool ICollection<KeyValuePair<string, IConfigurationSection>>.Contains(KeyValuePair<string, IConfigurationSection> item) => false;

    void ICollection<KeyValuePair<string, IConfigurationSection>>.CopyTo(KeyValuePair<string, IConfigurationSection>[] array, int arrayIndex)
    {
    }

    bool ICollection<KeyValuePair<string, IConfigurationSection>>.Remove(KeyValuePair<string, IConfigurationSection> item) => false;

    IEnumerator<KeyValuePair<string, IConfigurationSection>> IEnumerable<KeyValuePair<string, IConfigurationSection>>.GetEnumerator() =>
        Enumerable.Empty<KeyValuePair<string, IConfigurationSection>>().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Array.Empty<object>().GetEnumerator();
}
