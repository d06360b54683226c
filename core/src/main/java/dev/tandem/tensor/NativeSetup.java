package dev.tandem.tensor;
public final class NativeSetup { private NativeSetup(){} public static void ensure(){} public static void threads(int n){} }
