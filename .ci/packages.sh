# Sourced by run: makes the packages, and uses them as somebody would who has nothing but them: new projects in an empty
# folder, with a folder of packages as their source and an empty cache for ours.

new_feed() { # new_feed <folder>: where 'dotnet' finds packages from there on
    local cache
    cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//')
    mkdir -p "$1"
    cat >"$1/nuget.config" <<END
<configuration>
  <config>
    <add key="globalPackagesFolder" value="unpacked" />
  </config>
  <fallbackPackageFolders>
    <add key="downloaded" value="$cache" />
  </fallbackPackageFolders>
  <packageSources>
    <add key="made-here" value="$PWD/artifacts/packages" />
  </packageSources>
</configuration>
END
}

property() { # property <name>: of the build
    dotnet msbuild src/MLNet.Detection -nologo "-getProperty:$1"
}

readme_program() { # the program of README's first screen
    sed -n '/^```csharp$/,/^```$/p' README.md | sed '/^```csharp$/d; /^```$/q' | sed '/^```$/d'
}

without_runtime() { # README's program before a native package is added: told what to add
    local said
    said=$(cd "$1" && dotnet run -c Release 2>&1) && return 1
    echo "$said"
    grep -q 'dotnet add package Microsoft.ML.OnnxRuntime' <<<"$said" && ! grep -q 'TypeInitializationException' <<<"$said"
}

run_packages() {
    local place="$work/packages" here=$PWD version runtime
    version=$(property Version) runtime=$(property OnnxRuntimeVersion)
    rm -rf artifacts/packages
    check "packages: made" timeout 600 dotnet pack eng/Packages.slnf -c Release -nologo -v:q -nodeReuse:false
    for id in OnnxGraphs MLNet.Detection MLNet.Detection.Tool; do
        check "packages: $id with its symbols" test -s "artifacts/packages/$id.$version.nupkg" -a -s "artifacts/packages/$id.$version.snupkg"
    done
    new_feed "$place"
    cd "$place" || return

    check "packages: the tool is installed" timeout 300 dotnet tool install MLNet.Detection.Tool --version "$version" --tool-path tool
    check "packages: the tool trains" timeout 300 tool/mlnet-detect train --demo-images 64 --epochs 4 --output demo
    check "packages: the tool's run wrote a model" test -s demo/model.onnx

    check "packages: a new project" dotnet new console -o quick
    (cd "$here" && readme_program) >quick/Program.cs
    cp -r demo/data/images quick/JPEGImages
    cp demo/data/instances_*.json quick
    cp demo/model.onnx quick/version-RFB-320.onnx
    check "packages: README's program is the sample" cmp quick/Program.cs "$here/samples/QuickStart/Program.cs"
    check "packages: MLNet.Detection is added" timeout 300 dotnet add quick package MLNet.Detection --version "$version"
    check "packages: without ONNX Runtime the program says what to add" without_runtime quick
    check "packages: ONNX Runtime is added" timeout 300 dotnet add quick package Microsoft.ML.OnnxRuntime --version "$runtime"
    check "packages: README's program runs" timeout 300 bash -c "cd quick && dotnet run -c Release | grep -q 'mAP50 '"
    check "packages: README's program wrote a model" test -s quick/tuned.onnx

    check "packages: a project is written" tool/mlnet-detect new --model demo/model.onnx --data demo/data/instances_train.json \
        --test demo/data/instances_test.json --images demo/data/images --name Shapes
    check "packages: that project trains and measures" timeout 300 bash -c "cd Shapes && dotnet run -c Release -- --train 1"
    check "packages: that project measures and predicts" timeout 300 bash -c "cd Shapes && dotnet run -c Release | grep -q 'mAP50 '"
    check "packages: that project builds without warnings" timeout 300 bash -c \
        "cd Shapes && dotnet build --no-incremental -c Release -nologo -nodeReuse:false | grep -q ' 0 Warning'"
    cd "$here" || return

    for sample in QuickStart SwitchTrainer OnDeviceTraining WebService; do
        check "packages: sample $sample builds on them" timeout 300 dotnet build "samples/$sample" -c Release -nologo -v:q \
            -nodeReuse:false -p:FromPackages=true "-p:RestoreConfigFile=$place/nuget.config" -p:CompileOnly=true \
            "-p:BaseOutputPath=$place/samples/$sample/"
    done
    rm -rf samples/*/obj # made for the packages, not for this source
}
