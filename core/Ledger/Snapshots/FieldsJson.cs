using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>Types of ours as arrays of their fields. Made again without a constructor, as they were.</summary>
internal sealed class FieldsJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => StateTypes.IsOurs(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => typeToConvert.IsAbstract
        ? throw new NotSupportedException($"{typeToConvert} cannot be kept: which of its kinds it is would be lost.")
        : StateJson.Make(typeof(Converter<>), typeToConvert);

    private sealed class Converter<T> : JsonConverter<T>
    {
        private readonly Field[] fields = [.. StateTypes.GetFields(typeof(T)).Select(static field => Field.From(field))];

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException($"{typeof(T).Name} is not there");
            var made = RuntimeHelpers.GetUninitializedObject(typeof(T));
            foreach (var field in fields)
            {
                reader.Read();
                field.Read(ref reader, made, options);
            }
            return reader.Read() && reader.TokenType == JsonTokenType.EndArray
                ? (T)made
                : throw new JsonException($"{typeof(T).Name} has other fields");
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            object boxed = value!;
            writer.WriteStartArray();
            foreach (var field in fields)
                field.Write(writer, boxed, options);
            writer.WriteEndArray();
        }
    }

    /// <summary>One field, read and written as what it is declared to be.</summary>
    private abstract class Field(FieldInfo info)
    {
        protected FieldInfo Info => info;

        public static Field From(FieldInfo info) => (Field)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(info.FieldType), info)!;

        public abstract void Read(ref Utf8JsonReader reader, object made, JsonSerializerOptions options);

        public abstract void Write(Utf8JsonWriter writer, object from, JsonSerializerOptions options);
    }

    private sealed class Typed<T>(FieldInfo info) : Field(info)
    {
        private JsonConverter<T>? converter;

        public override void Read(ref Utf8JsonReader reader, object made, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Null && default(T) is null)
                return;
            Info.SetValue(made, For(options).Read(ref reader, typeof(T), options));
        }

        public override void Write(Utf8JsonWriter writer, object from, JsonSerializerOptions options)
        {
            if (Info.GetValue(from) is T value)
                For(options).Write(writer, value, options);
            else
                writer.WriteNullValue();
        }

        private JsonConverter<T> For(JsonSerializerOptions options) => converter ??= (JsonConverter<T>)options.GetConverter(typeof(T));
    }
}
