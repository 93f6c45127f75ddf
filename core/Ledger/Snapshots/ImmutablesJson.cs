using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>Immutable collections with what they compare by, keys of any type, and an array that was never made.</summary>
internal sealed class ImmutablesJson : JsonConverterFactory
{
    private static readonly FrozenDictionary<Type, Type> Converters = new Dictionary<Type, Type>
    {
        [typeof(ImmutableArray<>)] = typeof(ArrayJson<>),
        [typeof(ImmutableList<>)] = typeof(ListJson<>),
        [typeof(ImmutableQueue<>)] = typeof(QueueJson<>),
        [typeof(ImmutableHashSet<>)] = typeof(SetJson<>),
        [typeof(ImmutableDictionary<,>)] = typeof(DictionaryJson<,>),
        [typeof(ImmutableSortedDictionary<,>)] = typeof(SortedJson<,>),
    }.ToFrozenDictionary();

    public static bool IsKnown(Type type) => type.IsGenericType && Converters.ContainsKey(type.GetGenericTypeDefinition());

    public override bool CanConvert(Type typeToConvert) => IsKnown(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        StateJson.Make(Converters[typeToConvert.GetGenericTypeDefinition()], typeToConvert.GetGenericArguments());

    private sealed class ArrayJson<T> : JsonConverter<ImmutableArray<T>>
    {
        public override bool HandleNull => true;

        public override ImmutableArray<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? default : [.. Items<T>(ref reader, options)];

        public override void Write(Utf8JsonWriter writer, ImmutableArray<T> value, JsonSerializerOptions options)
        {
            if (value.IsDefault)
                writer.WriteNullValue();
            else
                WriteItems(writer, value, options);
        }
    }

    private sealed class ListJson<T> : JsonConverter<ImmutableList<T>>
    {
        public override ImmutableList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            [.. Items<T>(ref reader, options)];

        public override void Write(Utf8JsonWriter writer, ImmutableList<T> value, JsonSerializerOptions options) =>
            WriteItems(writer, value, options);
    }

    private sealed class QueueJson<T> : JsonConverter<ImmutableQueue<T>>
    {
        public override ImmutableQueue<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            [.. Items<T>(ref reader, options)];

        public override void Write(Utf8JsonWriter writer, ImmutableQueue<T> value, JsonSerializerOptions options) =>
            WriteItems(writer, value, options);
    }

    private sealed class SetJson<T> : JsonConverter<ImmutableHashSet<T>>
    {
        public override ImmutableHashSet<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var comparer = Comparers.Read<T>(ref reader);
            var set = ImmutableHashSet.CreateRange(comparer, Items<T>(ref reader, options));
            Comparers.End(ref reader);
            return set;
        }

        public override void Write(Utf8JsonWriter writer, ImmutableHashSet<T> value, JsonSerializerOptions options)
        {
            Comparers.Begin(writer, value.KeyComparer);
            WriteItems(writer, value, options);
            writer.WriteEndArray();
        }
    }

    private sealed class DictionaryJson<TKey, TValue> : JsonConverter<ImmutableDictionary<TKey, TValue>>
        where TKey : notnull
    {
        public override ImmutableDictionary<TKey, TValue> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var made = ImmutableDictionary.CreateBuilder<TKey, TValue>(Comparers.Read<TKey>(ref reader));
            ReadPairs(ref reader, options, made);
            Comparers.End(ref reader);
            return made.ToImmutable();
        }

        public override void Write(Utf8JsonWriter writer, ImmutableDictionary<TKey, TValue> value, JsonSerializerOptions options)
        {
            if (value.ValueComparer != EqualityComparer<TValue>.Default)
                throw new NotSupportedException("A dictionary that compares values in a way of its own cannot be kept.");
            Comparers.Begin(writer, value.KeyComparer);
            WritePairs(writer, value, options);
            writer.WriteEndArray();
        }
    }

    private sealed class SortedJson<TKey, TValue> : JsonConverter<ImmutableSortedDictionary<TKey, TValue>>
        where TKey : notnull
    {
        public override ImmutableSortedDictionary<TKey, TValue> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var made = ImmutableSortedDictionary.CreateBuilder<TKey, TValue>();
            ReadPairs(ref reader, options, made);
            return made.ToImmutable();
        }

        public override void Write(Utf8JsonWriter writer, ImmutableSortedDictionary<TKey, TValue> value, JsonSerializerOptions options)
        {
            if (value.KeyComparer != Comparer<TKey>.Default || value.ValueComparer != EqualityComparer<TValue>.Default)
                throw new NotSupportedException("A dictionary that is sorted in a way of its own cannot be kept.");
            WritePairs(writer, value, options);
        }
    }

    /// <summary>What a set or dictionary compares its keys by, before its content.</summary>
    private static class Comparers
    {
        private const int Plain = 0;
        private const int WithoutCase = 1;

        public static void Begin<T>(Utf8JsonWriter writer, IEqualityComparer<T> comparer)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(comparer switch
            {
                StringComparer known when known.Equals(StringComparer.OrdinalIgnoreCase) => WithoutCase,
                StringComparer known when known.Equals(StringComparer.Ordinal) => Plain,
                _ when comparer.Equals(EqualityComparer<T>.Default) => Plain,
                _ => throw new NotSupportedException($"What compares by {comparer.GetType()} cannot be kept."),
            });
        }

        public static IEqualityComparer<T> Read<T>(ref Utf8JsonReader reader)
        {
            Expect(ref reader, JsonTokenType.StartArray);
            reader.Read();
            var which = reader.GetInt32();
            reader.Read();
            return which == WithoutCase ? (IEqualityComparer<T>)StringComparer.OrdinalIgnoreCase : EqualityComparer<T>.Default;
        }

        public static void End(ref Utf8JsonReader reader)
        {
            reader.Read();
            Expect(ref reader, JsonTokenType.EndArray);
        }
    }

    private static List<T> Items<T>(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        var converter = (JsonConverter<T>)options.GetConverter(typeof(T));
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Item(ref reader, converter, options));
        return items;
    }

    private static void WriteItems<T>(Utf8JsonWriter writer, IEnumerable<T> items, JsonSerializerOptions options)
    {
        var converter = (JsonConverter<T>)options.GetConverter(typeof(T));
        writer.WriteStartArray();
        foreach (var item in items)
            WriteItem(writer, item, converter, options);
        writer.WriteEndArray();
    }

    /// <summary>Keys and values in turn.</summary>
    private static void ReadPairs<TKey, TValue>(ref Utf8JsonReader reader, JsonSerializerOptions options, IDictionary<TKey, TValue> into)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        var keys = (JsonConverter<TKey>)options.GetConverter(typeof(TKey));
        var values = (JsonConverter<TValue>)options.GetConverter(typeof(TValue));
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var key = Item(ref reader, keys, options);
            reader.Read();
            into[key] = Item(ref reader, values, options);
        }
    }

    private static void WritePairs<TKey, TValue>(
        Utf8JsonWriter writer, IEnumerable<KeyValuePair<TKey, TValue>> pairs, JsonSerializerOptions options)
    {
        var keys = (JsonConverter<TKey>)options.GetConverter(typeof(TKey));
        var values = (JsonConverter<TValue>)options.GetConverter(typeof(TValue));
        writer.WriteStartArray();
        foreach (var (key, value) in pairs)
        {
            WriteItem(writer, key, keys, options);
            WriteItem(writer, value, values, options);
        }
        writer.WriteEndArray();
    }

    private static T Item<T>(ref Utf8JsonReader reader, JsonConverter<T> converter, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null && default(T) is null ? default! : converter.Read(ref reader, typeof(T), options)!;

    private static void WriteItem<T>(Utf8JsonWriter writer, T item, JsonConverter<T> converter, JsonSerializerOptions options)
    {
        if (item is null)
            writer.WriteNullValue();
        else
            converter.Write(writer, item, options);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
            throw new JsonException("a collection is not as it was written");
    }
}
