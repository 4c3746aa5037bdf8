/* Built from frontend/ by its build.mjs. Lit: BSD-3-Clause, Google LLC. */
var V=globalThis,j=V.ShadowRoot&&(V.ShadyCSS===void 0||V.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,le=Symbol(),Pe=new WeakMap,O=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==le)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(j&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=Pe.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&Pe.set(t,e))}return e}toString(){return this.cssText}},Ne=n=>new O(typeof n=="string"?n:n+"",void 0,le),v=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((r,i,o)=>r+(s=>{if(s._$cssResult$===!0)return s.cssText;if(typeof s=="number")return s;throw Error("Value passed to 'css' function must be a 'css' function result: "+s+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(i)+n[o+1],n[0]);return new O(t,n,le)},ze=(n,e)=>{if(j)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),i=V.litNonce;i!==void 0&&r.setAttribute("nonce",i),r.textContent=t.cssText,n.appendChild(r)}},ce=j?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return Ne(t)})(n):n;var{is:Ot,defineProperty:Ht,getOwnPropertyDescriptor:Pt,getOwnPropertyNames:Nt,getOwnPropertySymbols:zt,getPrototypeOf:Lt}=Object,K=globalThis,Le=K.trustedTypes,Dt=Le?Le.emptyScript:"",It=K.reactiveElementPolyfillSupport,H=(n,e)=>n,he={toAttribute(n,e){switch(e){case Boolean:n=n?Dt:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},Ie=(n,e)=>!Ot(n,e),De={attribute:!0,type:String,converter:he,reflect:!1,useDefault:!1,hasChanged:Ie};Symbol.metadata??=Symbol("metadata"),K.litPropertyMetadata??=new WeakMap;var $=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=De){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),i=this.getPropertyDescriptor(e,r,t);i!==void 0&&Ht(this.prototype,e,i)}}static getPropertyDescriptor(e,t,r){let{get:i,set:o}=Pt(this.prototype,e)??{get(){return this[t]},set(s){this[t]=s}};return{get:i,set(s){let a=i?.call(this);o?.call(this,s),this.requestUpdate(e,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??De}static _$Ei(){if(this.hasOwnProperty(H("elementProperties")))return;let e=Lt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(H("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(H("properties"))){let t=this.properties,r=[...Nt(t),...zt(t)];for(let i of r)this.createProperty(i,t[i])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,i]of t)this.elementProperties.set(r,i)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let i=this._$Eu(t,r);i!==void 0&&this._$Eh.set(i,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let i of r)t.unshift(ce(i))}else e!==void 0&&t.push(ce(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ze(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),i=this.constructor._$Eu(e,r);if(i!==void 0&&r.reflect===!0){let o=(r.converter?.toAttribute!==void 0?r.converter:he).toAttribute(t,r.type);this._$Em=e,o==null?this.removeAttribute(i):this.setAttribute(i,o),this._$Em=null}}_$AK(e,t){let r=this.constructor,i=r._$Eh.get(e);if(i!==void 0&&this._$Em!==i){let o=r.getPropertyOptions(i),s=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:he;this._$Em=i;let a=s.fromAttribute(t,o.type);this[i]=a??this._$Ej?.get(i)??a,this._$Em=null}}requestUpdate(e,t,r,i=!1,o){if(e!==void 0){let s=this.constructor;if(i===!1&&(o=this[e]),r??=s.getPropertyOptions(e),!((r.hasChanged??Ie)(o,t)||r.useDefault&&r.reflect&&o===this._$Ej?.get(e)&&!this.hasAttribute(s._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:i,wrapped:o},s){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,s??t??this[e]),o!==!0||s!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),i===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,o]of this._$Ep)this[i]=o;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[i,o]of r){let{wrapped:s}=o,a=this[i];s!==!0||this._$AL.has(i)||a===void 0||this.C(i,void 0,o,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};$.elementStyles=[],$.shadowRootOptions={mode:"open"},$[H("elementProperties")]=new Map,$[H("finalized")]=new Map,It?.({ReactiveElement:$}),(K.reactiveElementVersions??=[]).push("2.1.2");var ve=globalThis,Ue=n=>n,B=ve.trustedTypes,Fe=B?B.createPolicy("lit-html",{createHTML:n=>n}):void 0,qe="$lit$",_=`lit$${Math.random().toFixed(9).slice(2)}$`,Ge="?"+_,Ut=`<${Ge}>`,S=document,N=()=>S.createComment(""),z=n=>n===null||typeof n!="object"&&typeof n!="function",be=Array.isArray,Ft=n=>be(n)||typeof n?.[Symbol.iterator]=="function",pe=`[ 	
\f\r]`,P=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,We=/-->/g,Ve=/>/g,w=RegExp(`>|${pe}(?:([^\\s"'>=/]+)(${pe}*=${pe}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),je=/'/g,Ke=/"/g,Je=/^(?:script|style|textarea|title)$/i,$e=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),p=$e(1),_e=$e(2),$r=$e(3),A=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),Be=new WeakMap,E=S.createTreeWalker(S,129);function Ye(n,e){if(!be(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return Fe!==void 0?Fe.createHTML(e):e}var Wt=(n,e)=>{let t=n.length-1,r=[],i,o=e===2?"<svg>":e===3?"<math>":"",s=P;for(let a=0;a<t;a++){let d=n[a],l,c,u=-1,f=0;for(;f<d.length&&(s.lastIndex=f,c=s.exec(d),c!==null);)f=s.lastIndex,s===P?c[1]==="!--"?s=We:c[1]!==void 0?s=Ve:c[2]!==void 0?(Je.test(c[2])&&(i=RegExp("</"+c[2],"g")),s=w):c[3]!==void 0&&(s=w):s===w?c[0]===">"?(s=i??P,u=-1):c[1]===void 0?u=-2:(u=s.lastIndex-c[2].length,l=c[1],s=c[3]===void 0?w:c[3]==='"'?Ke:je):s===Ke||s===je?s=w:s===We||s===Ve?s=P:(s=w,i=void 0);let g=s===w&&n[a+1].startsWith("/>")?" ":"";o+=s===P?d+Ut:u>=0?(r.push(l),d.slice(0,u)+qe+d.slice(u)+_+g):d+_+(u===-2?a:g)}return[Ye(n,o+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},L=class n{constructor({strings:e,_$litType$:t},r){let i;this.parts=[];let o=0,s=0,a=e.length-1,d=this.parts,[l,c]=Wt(e,t);if(this.el=n.createElement(l,r),E.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(i=E.nextNode())!==null&&d.length<a;){if(i.nodeType===1){if(i.hasAttributes())for(let u of i.getAttributeNames())if(u.endsWith(qe)){let f=c[s++],g=i.getAttribute(u).split(_),b=/([.?@])?(.*)/.exec(f);d.push({type:1,index:o,name:b[2],strings:g,ctor:b[1]==="."?me:b[1]==="?"?fe:b[1]==="@"?ge:C}),i.removeAttribute(u)}else u.startsWith(_)&&(d.push({type:6,index:o}),i.removeAttribute(u));if(Je.test(i.tagName)){let u=i.textContent.split(_),f=u.length-1;if(f>0){i.textContent=B?B.emptyScript:"";for(let g=0;g<f;g++)i.append(u[g],N()),E.nextNode(),d.push({type:2,index:++o});i.append(u[f],N())}}}else if(i.nodeType===8)if(i.data===Ge)d.push({type:2,index:o});else{let u=-1;for(;(u=i.data.indexOf(_,u+1))!==-1;)d.push({type:7,index:o}),u+=_.length-1}o++}}static createElement(e,t){let r=S.createElement("template");return r.innerHTML=e,r}};function T(n,e,t=n,r){if(e===A)return e;let i=r!==void 0?t._$Co?.[r]:t._$Cl,o=z(e)?void 0:e._$litDirective$;return i?.constructor!==o&&(i?._$AO?.(!1),o===void 0?i=void 0:(i=new o(n),i._$AT(n,t,r)),r!==void 0?(t._$Co??=[])[r]=i:t._$Cl=i),i!==void 0&&(e=T(n,i._$AS(n,e.values),i,r)),e}var ue=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,i=(e?.creationScope??S).importNode(t,!0);E.currentNode=i;let o=E.nextNode(),s=0,a=0,d=r[0];for(;d!==void 0;){if(s===d.index){let l;d.type===2?l=new D(o,o.nextSibling,this,e):d.type===1?l=new d.ctor(o,d.name,d.strings,this,e):d.type===6&&(l=new ye(o,this,e)),this._$AV.push(l),d=r[++a]}s!==d?.index&&(o=E.nextNode(),s++)}return E.currentNode=S,i}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},D=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,i){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=T(this,e,t),z(e)?e===h||e==null||e===""?(this._$AH!==h&&this._$AR(),this._$AH=h):e!==this._$AH&&e!==A&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Ft(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==h&&z(this._$AH)?this._$AA.nextSibling.data=e:this.T(S.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,i=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=L.createElement(Ye(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===i)this._$AH.p(t);else{let o=new ue(i,this),s=o.u(this.options);o.p(t),this.T(s),this._$AH=o}}_$AC(e){let t=Be.get(e.strings);return t===void 0&&Be.set(e.strings,t=new L(e)),t}k(e){be(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,i=0;for(let o of e)i===t.length?t.push(r=new n(this.O(N()),this.O(N()),this,this.options)):r=t[i],r._$AI(o),i++;i<t.length&&(this._$AR(r&&r._$AB.nextSibling,i),t.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=Ue(e).nextSibling;Ue(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},C=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,i,o){this.type=1,this._$AH=h,this._$AN=void 0,this.element=e,this.name=t,this._$AM=i,this.options=o,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=h}_$AI(e,t=this,r,i){let o=this.strings,s=!1;if(o===void 0)e=T(this,e,t,0),s=!z(e)||e!==this._$AH&&e!==A,s&&(this._$AH=e);else{let a=e,d,l;for(e=o[0],d=0;d<o.length-1;d++)l=T(this,a[r+d],t,d),l===A&&(l=this._$AH[d]),s||=!z(l)||l!==this._$AH[d],l===h?e=h:e!==h&&(e+=(l??"")+o[d+1]),this._$AH[d]=l}s&&!i&&this.j(e)}j(e){e===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},me=class extends C{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===h?void 0:e}},fe=class extends C{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==h)}},ge=class extends C{constructor(e,t,r,i,o){super(e,t,r,i,o),this.type=5}_$AI(e,t=this){if((e=T(this,e,t,0)??h)===A)return;let r=this._$AH,i=e===h&&r!==h||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,o=e!==h&&(r===h||i);i&&this.element.removeEventListener(this.name,this,r),o&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},ye=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){T(this,e)}};var Vt=ve.litHtmlPolyfillSupport;Vt?.(L,D),(ve.litHtmlVersions??=[]).push("3.3.3");var Ze=(n,e,t)=>{let r=t?.renderBefore??e,i=r._$litPart$;if(i===void 0){let o=t?.renderBefore??null;r._$litPart$=i=new D(e.insertBefore(N(),o),o,void 0,t??{})}return i._$AI(n),i};var xe=globalThis,y=class extends ${constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=Ze(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return A}};y._$litElement$=!0,y.finalized=!0,xe.litElementHydrateSupport?.({LitElement:y});var jt=xe.litElementPolyfillSupport;jt?.({LitElement:y});(xe.litElementVersions??=[]).push("4.2.2");var m="lovato_dmed4";function Xe(n,e){let t=n.devices[e];return t?.name_by_user??t?.name??""}async function we(n,e,t){return(await n.callService(m,e,t,void 0,!1,!0)).response}async function Qe(n,e,t,r={}){let[i=""]=t.split(".",1),o={entity_id:t,...r};await n.callService(i,e,o,void 0,!1,!1)}async function et(n,e){let t=e.includes("authSig=")?e:(await n.callWS({type:"auth/sign_path",path:e,expires:60})).path,r=document.createElement("a");r.href=n.hassUrl(t),r.download="",r.click()}function tt(n,e){let t=new Map;for(let{entity_id:r,device_id:i,platform:o,translation_key:s}of Object.values(n.entities))i===e&&o===m&&s&&t.set(`${r.split(".",1).join()}.${s}`,r);return t}function q(n,e,t){return n.states[e.get(t)??""]}function G(n){return Object.values(n.entities).filter(({platform:e,translation_key:t})=>e===m&&t==="power").flatMap(({device_id:e})=>e??[])}function rt(n){return n!==void 0&&n.state!=="unavailable"&&n.state!=="unknown"}var Kt={mW:1e-6,W:.001,kW:1,MW:1e3,µV:1e-6,mV:.001,V:1,kV:1e3,mA:.001,A:1,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,J:1/36e5,kJ:1/3600,MJ:1/3.6,GJ:1e3/3.6};function x(n,e=n?.state){let t=String(n?.attributes.unit_of_measurement),r=Number.parseFloat(e??"")*(Kt[t]??1);return Number.isFinite(r)?r:null}function Ee(n,e){let t=n?.attributes[e];return Array.isArray(t)?t.map(String):[]}function nt(n,e,t){return!n||n==="0.1.0"?h:t(p`<p>${e("panel.outdated")}</p>
<button
type="button"
@click=${()=>{window.location.reload()}}
>
${e("panel.reload")}
</button>`)}var Bt={B:"begin",E:"end",r:"end",L:"end",R:"end",A:"end",P:"power_failure"};function Se(n){let{readings:e,signature:t,verdict:r,pagination:i,record_url:o,archived:s}=n,a=e.at(-1),d=e[e.length/2],l=d?.transaction??a?.transaction??"",c=d?.time??a?.time;return{kind:Bt[l]??"intermediate",time:c?new Date(c):null,energy:e.length===6?qt(e[0],d):null,verdict:t==="valid"?r:t,pagination:i??null,downloads:[["OCMF",o],...s?[["XML",o.replace(/ocmf\b/,"xml")]]:[]],who:[n.driver,Gt(n.record)].filter(Boolean).join(" · ")}}function qt(n,e){if(!n?.value||!e?.value)return null;let t=Number(e.value)-Number(n.value),r={Wh:.001,kWh:1}[e.unit??""];return Number.isFinite(t)&&r?Number((t*r).toFixed(6)):null}function Gt(n){try{let{ID:e}=JSON.parse(n.split("|",2)[1]??"");return typeof e=="string"?e:""}catch{return""}}async function it(n,e){try{return await n.callWS({type:`${m}/rights`,device_id:e})}catch{return}}var J=v`button,select,input{box-sizing:border-box;min-height:44px;font:inherit;font-size:var(--ha-font-size-m);color:var(--primary-text-color)}button{display:inline-flex;align-items:center;justify-content:center;gap:8px;padding:0 16px;border:0;border-radius:var(--ha-border-radius-pill);background:color-mix(in srgb,currentColor 10%,transparent);font-weight:var(--ha-font-weight-medium);line-height:1.2;cursor:pointer;transition:background-color .12s}button:hover:not([disabled],[aria-disabled=true]){background:color-mix(in srgb,currentColor 20%,transparent)}button.start{background:var(--ha-color-fill-success-loud-resting);color:var(--ha-color-on-success-loud)}button.start:hover:not([disabled],[aria-disabled=true]){background:var(--ha-color-fill-success-loud-hover)}button.end{background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal)}button.end:hover:not([disabled],[aria-disabled=true]){background:color-mix(in srgb,currentColor 8%,var(--ha-color-fill-danger-normal-resting))}button:is([disabled],[aria-disabled=true]){cursor:default;opacity:.5}input,select{width:100%;padding:0 12px;border:0;border-bottom:1px solid var(--ha-color-border-neutral-normal);border-radius:var(--ha-border-radius-md) var(--ha-border-radius-md) 0 0;background:var(--ha-color-form-background)}input[type=checkbox]{flex:none;width:20px;min-height:20px;margin:0;accent-color:var(--primary-color)}option{background:var(--card-background-color)}[aria-invalid=true]{border-bottom-color:var(--error-color)}:focus-visible{outline:2px solid var(--primary-color);outline-offset:2px}.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`,Y=v`dialog{box-sizing:border-box;width:min(440px,calc(100vw - 32px));max-height:calc(100dvh - 32px);padding:24px;border:0;border-radius:var(--ha-border-radius-3xl);background:var(--card-background-color);color:var(--primary-text-color);box-shadow:0 8px 32px #0000004d}dialog::backdrop{background:#0000007f}dialog h2{margin:0 0 8px;font-size:var(--ha-font-size-xl);font-weight:var(--ha-font-weight-medium)}dialog p{margin:0 0 16px;color:var(--secondary-text-color);line-height:1.5}dialog .buttons{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;margin-top:24px}`;var ot="config_panel";function Ae(n){return`component.${m}.${ot}.${n}`}function Re(n){let e=(t,r)=>n.localize(Ae(t),r);return e("card.action.start")?e:void 0}function st(n){n.loadBackendTranslation(ot,m).catch(()=>{}),n.loadBackendTranslation("exceptions",m).catch(()=>{})}function I(n,e,t){return n.localize(`component.${m}.entity.${e}.state.${t}`)||t}async function ke(n,e){let{message:t,translation_domain:r,translation_key:i,translation_placeholders:o}=e??{};if(r&&i){let a=(await n.loadBackendTranslation("exceptions",r))(`component.${r}.exceptions.${i}.message`,o);if(a)return a}return t??Re(n)?.("error.connection")??""}var Z="lovato-dmed4-charge-card",Jt=["controls","record","display"],at={schema:[{name:"device_id",required:!0,selector:{device:{entity:{integration:m,domain:"sensor",device_class:"power"}}}},{name:"name",selector:{text:{}}},...Jt.map(n=>({name:n,default:!0,selector:{boolean:{}}}))],computeLabel:({name:n},e)=>e(Ae(`card.editor.${n}`))};function dt(n,e){let t=n.entities[e];return t?.platform!==m||!t.device_id||!G(n).includes(t.device_id)?null:{config:{type:`custom:${Z}`,device_id:t.device_id}}}async function lt(n,e,t,r){try{let o=(await n.callWS({type:"history/history_during_period",start_time:new Date(t*1e3).toISOString(),...r?{end_time:new Date(r*1e3).toISOString()}:{},entity_ids:[e],minimal_response:!0,no_attributes:!0,significant_changes_only:!1}))[e]??[];return o.flatMap(({s,lu:a},d)=>{let l=x(n.states[e],s);return l===null?[]:{from:a,to:o[d+1]?.lu??null,value:l}})}catch{return[]}}var ct=1e4,Te=500,Yt=5e3,X=class{#e;#t;#n;#r=!1;#o=0;#i;#s=Te;#l;constructor(e,t,r){this.#e=e,this.#t=t,this.#n=r}start(){this.#r||(this.#r=!0,this.#e.addEventListener("ready",this.#d),this.#e.addEventListener("disconnected",this.#c),this.#d())}stop(){this.#r&&(this.#r=!1,this.#e.removeEventListener("ready",this.#d),this.#e.removeEventListener("disconnected",this.#c),this.#m())}#d=()=>{this.#s=Te,this.#a()};#c=()=>{this.#i=void 0,this.#m()};#a(){if(this.#m(),!this.#e.connected)return;let e=this.#o,t=()=>e===this.#o;this.#u(ct),this.#e.subscribeMessage(r=>{t()&&this.#h(r)},{type:`${m}/live/subscribe`,device_id:this.#t},{resubscribe:!1}).then(r=>{t()?this.#i=r:this.#f(r)},r=>{t()&&this.#p(r?.code)})}#h(e){if("ended"in e){this.#a();return}this.#s=Te,this.#u(ct),"power"in e&&this.#n(e)}#p(e){clearTimeout(this.#l),e!=="unauthorized"&&(this.#u(this.#s),this.#s=Math.min(2*this.#s,Yt))}#u(e){clearTimeout(this.#l),this.#l=setTimeout(()=>{this.#a()},e)}#m(){clearTimeout(this.#l),this.#o+=1,this.#i&&this.#f(this.#i),this.#i=void 0}#f(e){e().catch(()=>{})}};var ht={comma_decimal:"en-US",decimal_comma:"de",space_comma:"fr",quote_decimal:"de-CH",system:void 0},pt=new Map;function Zt({language:n,number_format:e}){return e in ht?ht[e]:n}function M(n,e,t){let{language:r,number_format:i}=t,o=`${r} ${i} ${e}`,s=pt.get(o);return s||(s=new Intl.NumberFormat(Zt(t),{minimumFractionDigits:e,maximumFractionDigits:e,useGrouping:i!=="none"}),pt.set(o,s)),s.format(Number(n.toFixed(e))||0)}function Q(n){let e=Math.max(0,Math.floor(n)),t=r=>String(r%60).padStart(2,"0");return`${Math.floor(e/3600)}:${t(Math.floor(e/60))}:${t(e)}`}function Ce(n,e,t=new Date,r="short"){let{language:i,time_format:o,time_zone:s}=e.locale,a=s==="server"?{timeZone:e.config.time_zone}:{},d=new Intl.DateTimeFormat(i,{...a,dateStyle:"medium"}),c=new Intl.DateTimeFormat(o==="system"?void 0:i,{...a,timeStyle:r,...o==="12"||o==="24"?{hour12:o==="12"}:{}}).format(n);return d.format(n)===d.format(t)?c:`${d.format(n)}, ${c}`}var ee=class{constructor(e,t){this.seconds=e;this.#t=e/t}seconds;#e=new Map;#t;add(e,t){let r=Math.floor(e/this.#t),i=this.#e.get(r);i?(i.min=Math.min(i.min,t),i.max=Math.max(i.max,t),i.last=t):(this.#e.set(r,{min:t,max:t,last:t}),this.#n(e))}fill(e,t,r){let i=Math.ceil(t/this.#t);for(let o=Math.floor(e/this.#t);o<i;o+=1)this.#e.has(o)||this.#e.set(o,{min:r,max:r,last:r})}clear(){this.#e.clear()}#n(e){let t=Math.floor((e-this.seconds)/this.#t)-1;for(let r of this.#e.keys())r<t&&this.#e.delete(r)}runs(e,t){let r=[],i=-1/0;for(let o of[...this.#e.keys()].sort((s,a)=>s-a)){let s=this.#e.get(o),a=Math.min((o+.5)*this.#t,e),d=1-(e-a)/this.seconds;!s||d<-this.#t/this.seconds||(a-i>t&&r.push([]),r.at(-1)?.push({x:d,...s}),i=a)}return r}};function mt(n){let[e,t]=[0,0];for(let{min:r,max:i}of n.flat())[e,t]=[Math.min(e,r),Math.max(t,i)];return{low:-ut(-e),high:Math.max(ut(t),e<0?0:1)}}var Xt=[1,1.2,1.5,2,2.5,3,4,5,6,8,10];function ut(n){if(n<=0)return 0;let e=n*1.1,t=10**Math.floor(Math.log10(e));return(Xt.find(i=>i*t>=e)??10)*t}var R=5,Qt=R*30,er=15,U=1e3,te=100,ft=10,tr=14,rr=4e3;function Me(){return new ee(R*60,Qt)}var re=class extends y{static properties={buffer:{attribute:!1},label:{type:String},locale:{attribute:!1}};#e=0;#t;#n;static styles=v`:host{display:block;position:relative;contain:content;color:var(--dmed4-accent, currentColor);touch-action:pan-y}svg{display:block;width:calc(100% - 14px);height:100%}.line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}.grid{stroke:var(--divider-color);stroke-width:1;opacity:.6;vector-effect:non-scaling-stroke}.grid.zero{opacity:1}.head,.scale{position:absolute;pointer-events:none}.head{right:9px;width:10px;height:10px;margin-top:-5px;border-radius:50%;background:currentColor;box-shadow:0 0 0 5px color-mix(in srgb,currentColor 25%,transparent)}.scale{top:4px;left:var(--dmed4-padding, 16px);color:var(--secondary-text-color);font-size:var(--ha-font-size-s);text-shadow:0 0 2px var(--card-background-color),0 0 2px var(--card-background-color),0 0 2px var(--card-background-color);line-height:1.2}.value{right:var(--dmed4-padding, 16px);left:auto;color:var(--primary-text-color)}`;constructor(){super(),this.label="";let e=t=>{clearTimeout(this.#n);let{left:r,width:i}=this.getBoundingClientRect();this.#t=(t.clientX-r)/(i-tr),this.requestUpdate()};this.addEventListener("pointerdown",e),this.addEventListener("pointermove",e),this.addEventListener("pointerleave",({pointerType:t})=>{let r=t==="mouse"?0:rr;this.#n=setTimeout(()=>{this.#t=void 0,this.requestUpdate()},r)})}draw(e){this.#e=e,this.requestUpdate()}shouldUpdate(){return this.#e>0}render(){let e=this.buffer.runs(this.#e,er),{low:t,high:r}=mt(e),i=l=>te*(r-l)/(r-t),o=e.map(l=>ir(l,i)),s=e.at(-1)?.at(-1),a=r<5?1:0,d=nr(e.flat(),this.#t);return p`
<svg
viewBox="0 0 ${U} ${te+ft}"
preserveAspectRatio="none"
role="img"
aria-label=${this.label}
>
<defs>
<linearGradient id="below" x1="0" x2="0" y1="0" y2="1">
<stop offset="0" stop-color="currentColor" stop-opacity="0.35" />
<stop offset="1" stop-color="currentColor" stop-opacity="0.04" />
</linearGradient>
</defs>
<path class="grid" d="M0 ${i((t+r)/2)}H${U}" />
<path class="grid zero" d="M0 ${i(0)}H${U}" />
${o.map(({line:l,first:c,last:u})=>_e`
<path d="${l}L${u} ${i(0)}L${c} ${i(0)}Z" fill="url(#below)" />
<path class="line" d=${l} />`)}
${d&&_e`<path class="grid zero" d="M${d.x*U} 0V${te}" />`}
</svg>
${this.locale&&e.some(l=>l.some(({min:c,max:u})=>c||u))?p`<span class="scale" aria-hidden="true"
>${M(r,a,this.locale)} kW</span
>`:""}
${this.locale&&d?p`<span class="scale value"
>${M(d.last,2,this.locale)} kW ·
−${Q((1-d.x)*R*60)}</span
>`:""}
${s&&s.x>.98?p`<span
class="head"
style="top: ${100*i(s.last)/(te+ft)}%"
></span>`:""}
`}};function nr(n,e){if(e===void 0)return;let t=({x:r})=>Math.abs(r-e);return n.reduce((r,i)=>r&&t(r)<=t(i)?r:i,void 0)}function ir(n,e){let t="",[r,i]=["",""];for(let o of n){i=(o.x*U).toFixed(1),r||=i;let s=o.max-o.min>.05*Math.abs(o.max)?[o.min,o.max,o.last]:[o.last];for(let a of s)t+=`${t?"L":"M"}${i} ${e(a).toFixed(1)}`}return{line:t,first:r,last:i}}var or=250,sr=1e4,ne=class{measured=Me();#e;#t;#n;#r;#o;#i=0;#s=0;#l=0;#d=!1;#c=matchMedia("(prefers-reduced-motion: reduce)");#a=new IntersectionObserver(e=>{this.#d=e.some(t=>t.isIntersecting),this.#h()});constructor(e,t){this.#e=e,this.#t=t,e.addController(this)}hostConnected(){document.addEventListener("visibilitychange",this.#h),this.#a.observe(this.#e)}hostDisconnected(){document.removeEventListener("visibilitychange",this.#h),this.#a.disconnect(),this.#d=!1,this.#p()}get now(){return Date.now()+this.#l}get heard(){return Date.now()-this.#s<=sr}follow(e){this.#n=e,this.#h()}forget(){this.#t.figures(void 0),this.#s=0,this.#p(),this.measured=Me()}#h=()=>{let e=this.#n;if(!this.#d||document.visibilityState!=="visible"||!e){this.#p();return}this.#r||(this.#r=new X(e.hass.connection,e.deviceId,this.#u),this.#r.start(),this.#o=setInterval(this.#m,1e3),this.#f(e))};#p(){this.#r?.stop(),this.#r=void 0,clearInterval(this.#o)}#u=e=>{let t=Date.now();this.#l=e.time*1e3-t,this.#s=t,e.power!==null&&this.measured.add(e.time,e.power),this.#c.matches||this.#t.trace(e.time),!(t-this.#i<or)&&(this.#i=t,this.#t.figures(e))};#m=()=>{this.heard||this.#t.figures(void 0),this.#t.trace(this.now/1e3),this.#e.requestUpdate()};async#f({hass:e,powerEntity:t}){let r=this.now/1e3-R*60,i=await lt(e,t,r);for(let{from:o,to:s,value:a}of i)this.measured.fill(Math.max(o,r),s??this.now/1e3,a);this.#t.trace(this.now/1e3)}};var ar={valid:"mdi:shield-check",key_changed:"mdi:key-alert-outline",invalid:"mdi:shield-alert"};function gt({hass:n,text:e,view:t},r,i,o){let s=!i&&t.lost?e(t.lost.charging?"card.lost.charging":"card.lost.idle",{time:Ce(new Date(t.lost.since),n)}):e(`card.state.${i??t.phase}`);return p`
<div class="header">
<div class="badge"><ha-icon icon=${t.icon}></ha-icon></div>
<div>
<h2>${r}</h2>
<p class="state">
<b role="status">${s}</b>${t.charging&&o?.who?p`<span> · ${o.who}</span>`:h}
</p>
</div>
</div>
`}function yt({text:n,view:e,disabled:t},r){return e.hasProblem?p`
<div class="banner" role="alert">
<ha-icon icon="mdi:alert-circle-outline"></ha-icon>
<div>
${e.errors.length?p`${n("card.problem.title")}
<ul>
${e.errors.map(i=>p`<li>${i}</li>`)}
</ul>`:n("card.problem.unnamed")}
</div>
${r&&e.resettable?p`<button ?disabled=${t} @click=${r}>
${n("card.action.reset")}
</button>`:h}
</div>
`:h}function vt({hass:n,text:e,view:t}){return p`
<div class="now">
<p class="power">
<span class="visually-hidden">${e("card.figure.power")}</span>
${F(n,t.power,2,"kW")}
</p>
<dl>
${W(e("card.figure.voltage"),F(n,t.voltage,1,"V"))}
${W(e("card.figure.current"),F(n,t.current,1,"A"))}
</dl>
</div>
`}function bt({hass:n,text:e,view:t},r){let i=t.charging||t.lost?.charging,o=t.lost?.since??r,s=t.since===null?null:(o-t.since)/1e3;return!t.charging&&!t.energy&&!t.returned?h:p`
<dl class="cycle">
${W(e(i?"card.figure.energy":"card.figure.last_energy"),F(n,t.energy,2,"kWh"))}
${t.returned?W(e("card.figure.returned"),F(n,t.returned,2,"kWh")):h}
${s===null?h:W(e("card.figure.duration"),p`${Q(s)}`)}
</dl>
`}function $t(n,e,{onStart:t,onRead:r,onEnd:i}){let{text:o,view:s}=n,{charging:a,phase:d}=s,l=a?e.end:e.start;if(!l&&!(a&&e.read))return p`<p class="quiet">${o("card.not_allowed")}</p>`;let c=n.disabled||d==="unavailable"||!a&&d==="signing",[u,f,g,b]=a?["end","mdi:stop","card.action.end",i]:["start","mdi:play","card.action.start",t];return p`
<div class="commands">
${a&&e.read?p`<button aria-disabled=${c} @click=${c?null:r}>
<ha-icon icon="mdi:file-sign"></ha-icon>${o("card.action.read")}
</button>`:h}
${l?p`<button class=${u} aria-disabled=${c} @click=${c?null:b}>
<ha-icon icon=${f}></ha-icon>${o(g)}
</button>`:h}
</div>
`}function _t({hass:n,text:e},t,r){if(t===void 0)return h;if(t===null)return p`<section class="quiet">${e("card.record.none")}</section>`;let{verdict:i,time:o,energy:s,pagination:a,who:d}=t,l=[s===null||t.kind==="begin"?"":`${M(s,3,n.locale)} kWh`,o?Ce(o,n):"",d].filter(Boolean);return p`
<section class="record" aria-labelledby="record">
<ha-icon
class="verdict ${i}"
icon=${ar[i]??"mdi:shield-off-outline"}
></ha-icon>
<div class="facts">
<h3 id="record">
${e(`card.record.${t.kind}`)}${a?p` · ${a}`:h}
</h3>
<p>${e(`card.verdict.${i}`)}</p>
<p class="quiet">${l.join(" · ")}</p>
</div>
<div class="downloads">
${t.downloads.map(([c,u])=>p`
<button
aria-label=${e("card.action.download",{format:c})}
title=${e("card.action.download",{format:c})}
?disabled=${!r}
@click=${()=>r?.(u)}
>
<ha-icon icon="mdi:download"></ha-icon>${c}
</button>
`)}
</div>
</section>
`}function xt(n,e,t){let{hass:r,text:i}=n,o=e.get("switch.display"),s=e.get("select.display_page"),a=q(r,e,"select.display_page");if(!o||!s||!a)return h;let d=n.disabled||n.view.phase==="unavailable",l=a.attributes.options;return p`
<details>
<summary><ha-icon icon="mdi:monitor"></ha-icon>${i("card.display.title")}</summary>
<div class="display">
<label>
<span class="visually-hidden">${i("card.display.page")}</span>
<select
?disabled=${d}
@change=${c=>{let u=c.target.value;t("select_option",s,{option:u})}}
>
<option value="" disabled .selected=${!l?.includes(a.state)}>
${i("card.display.page")}
</option>
${l?.map(c=>p`
<option value=${c} .selected=${c===a.state}>
${I(r,"select.display_page",c)}
</option>
`)}
</select>
</label>
<div>
${["on","off"].map(c=>p`
<button
?disabled=${d}
@click=${()=>{t(`turn_${c}`,o)}}
>
${i(`card.display.${c}`)}
</button>
`)}
</div>
</div>
</details>
`}function F(n,e,t,r){return e===null?p`–`:p`${M(e,t,n.locale)} <small>${r}</small>`}function W(n,e){return p`<div>
<dt>${n}</dt>
<dd class="figure">${e}</dd>
</div>`}var ie={driver_id:"",identification_type:"",identification_level:"",identification_data:"",tariff_text:"",keepIdentification:!1},wt=n=>`${m}.start.${n}`;function Et(n){try{let t=JSON.parse(localStorage.getItem(wt(n))??"{}"),r=Object.entries(ie).map(([i,o])=>[i,typeof t[i]==typeof o?t[i]:o]);return Object.fromEntries(r)}catch{return ie}}function St(n,e){let t=e.keepIdentification?e:{...e,driver_id:"",identification_data:""};try{localStorage.setItem(wt(n),JSON.stringify(t))}catch{}}var At=v`:host{display:block;height:100%;container-type:inline-size;--dmed4-padding: var(--ha-space-4)}ha-card{display:flex;flex-direction:column;height:100%;overflow:hidden;--dmed4-accent: var(--secondary-text-color);--dmed4-tint: var(--ha-color-fill-neutral-normal-resting);--dmed4-word: var(--secondary-text-color)}ha-card.primary{--dmed4-accent: var(--primary-color);--dmed4-tint: var(--ha-color-fill-primary-normal-resting)}ha-card.success{--dmed4-accent: var(--ha-color-on-success-quiet);--dmed4-tint: var(--ha-color-fill-success-normal-resting);--dmed4-word: var(--ha-color-on-success-normal)}ha-card.warning{--dmed4-accent: var(--ha-color-on-warning-quiet);--dmed4-tint: var(--ha-color-fill-warning-normal-resting);--dmed4-word: var(--ha-color-on-warning-normal)}ha-card.danger{--dmed4-accent: var(--ha-color-on-danger-quiet);--dmed4-tint: var(--ha-color-fill-danger-normal-resting);--dmed4-word: var(--ha-color-on-danger-normal)}.header{display:flex;align-items:center;gap:12px;padding:var(--dmed4-padding) var(--dmed4-padding) 0}.badge{display:grid;flex:none;place-items:center;width:44px;height:44px;border-radius:50%;background:var(--dmed4-tint);color:var(--dmed4-accent)}.header>div{min-width:0}h2{margin:0;overflow:hidden;font-size:var(--ha-font-size-l);font-weight:var(--ha-font-weight-medium);line-height:1.3;text-overflow:ellipsis;white-space:nowrap}.state{margin:0;overflow-wrap:anywhere;color:var(--dmed4-word);font-size:var(--ha-font-size-m);line-height:1.4}.state b{font-weight:var(--ha-font-weight-medium)}.now{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:4px 24px;padding:12px var(--dmed4-padding) 0;font-variant-numeric:tabular-nums}.power{margin:0;font-size:calc(1.3 * var(--ha-font-size-4xl));line-height:1.1;letter-spacing:-.02em}.power small,.figure small{color:var(--secondary-text-color);font-size:.55em;letter-spacing:0}dl{display:flex;flex-wrap:wrap;gap:8px 24px;margin:0;font-variant-numeric:tabular-nums}dl>div{display:flex;flex-direction:column-reverse}dt{color:var(--secondary-text-color);font-size:var(--ha-font-size-s);line-height:1.4}dd{margin:0;font-size:var(--ha-font-size-l);line-height:1.4}.figure small{font-size:var(--ha-font-size-s)}dmed4-power-trace{flex:1 0 88px;height:88px;min-height:88px;margin-top:8px}.cycle{padding:12px var(--dmed4-padding) 0}.commands{display:flex;flex-wrap:wrap;gap:8px;padding:16px var(--dmed4-padding) 0}.commands>button{flex:1 1 130px;padding:0 12px}section,details,.banner{margin:16px var(--dmed4-padding) 0}section,details{padding-top:12px;border-top:1px solid var(--divider-color)}ha-card>:last-child{margin-bottom:var(--dmed4-padding)}ha-card>details:last-child{margin-bottom:4px}.banner{display:flex;flex-wrap:wrap;align-items:center;gap:8px 12px;padding:12px;border-radius:var(--ha-border-radius-lg);background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal);line-height:1.4}.banner>div{flex:1 1 160px}.banner ul{margin:4px 0 0;padding-inline-start:20px}.banner button,.banner button:hover:not([disabled],[aria-disabled=true]){background:var(--card-background-color);color:inherit}.record{display:flex;flex-wrap:wrap;align-items:center;gap:12px}.record>.facts{flex:1 1 140px;min-width:0}h3{margin:0;color:var(--secondary-text-color);font-size:var(--ha-font-size-s);font-weight:400;line-height:1.4}.record p{margin:0;line-height:1.4;overflow-wrap:anywhere}.verdict{flex:none;color:var(--secondary-text-color)}.verdict.valid{color:var(--ha-color-on-success-normal)}.verdict.key_changed{color:var(--ha-color-on-warning-normal)}.verdict.invalid{color:var(--ha-color-on-danger-normal)}.quiet{color:var(--secondary-text-color);font-size:var(--ha-font-size-s)}.downloads{display:flex;flex:none;flex-wrap:wrap;gap:8px}.downloads button{padding:0 12px}.downloads ha-icon{--mdc-icon-size: 18px}details{padding-top:0}details[open]{padding-bottom:12px}summary{display:flex;align-items:center;gap:8px;min-height:44px;color:var(--secondary-text-color);cursor:pointer}summary ha-icon{--mdc-icon-size: 20px}summary:after{width:8px;height:8px;margin-inline-start:auto;margin-inline-end:4px;border:solid currentColor;border-width:0 2px 2px 0;content:"";transform:translateY(-2px) rotate(45deg)}[open]>summary:after{transform:translateY(2px) rotate(225deg)}summary::-webkit-details-marker{display:none}.display{display:flex;flex-wrap:wrap;gap:8px}.display label{flex:2 1 180px}.display>div{display:flex;flex:1 1 140px;gap:8px}.display button{flex:1}.empty{padding:var(--dmed4-padding);color:var(--secondary-text-color)}ha-card.loading{min-height:220px}@container (max-width: 280px){ha-card{--dmed4-padding: 12px}.power{font-size:var(--ha-font-size-3xl)}.badge{width:36px;height:36px}}@container (min-width: 480px){.power{font-size:calc(1.6 * var(--ha-font-size-4xl))}dmed4-power-trace{flex-basis:120px;height:120px}dd{font-size:var(--ha-font-size-xl)}}@container (min-width: 700px){.commands>button{flex:0 1 240px}dmed4-power-trace{flex-basis:160px;height:160px}}@media(prefers-reduced-motion:no-preference){.busy .badge{animation:pulse 1.2s ease-in-out infinite alternate}@keyframes pulse{to{opacity:.4}}}`;var Rt=.005,dr={unavailable:["neutral","mdi:lan-disconnect"],fault:["danger","mdi:alert"],ready:["primary","mdi:ev-station"],prepared:["primary","mdi:timer-sand"],charging:["success","mdi:lightning-bolt"],feeding_back:["primary","mdi:transmission-tower-import"],no_flow:["warning","mdi:pause"],after_power_failure:["warning","mdi:lightning-bolt-outline"],signing:["primary","mdi:file-sign"]},lr=["board_1","board_2","fatal"];function kt(n,e,t){let r=k=>q(n,e,k),i=r("binary_sensor.charging"),o=i?.attributes.status,s=r("sensor.cycle_energy_imported"),a=rt(i)&&typeof o=="string",d=a&&i.state==="on",l=a?t:void 0,c=l?.power??x(r("sensor.power")),u=r("sensor.signature_status")?.state??"",f=r("binary_sensor.problem"),g=r("binary_sensor.hardware"),b=a&&f?.state==="on",de=b||a&&g?.state==="on",He=a?de&&!d?"fault":hr(o,u,c):"unavailable",[Tt,Ct]=dr[He];return{phase:He,tone:Tt,icon:Ct,charging:d,power:c,voltage:l?.voltage??x(r("sensor.voltage")),current:l?.current??x(r("sensor.current")),energy:x(s),returned:x(r("sensor.cycle_energy_exported")),since:d?pr(i.last_changed,s?.attributes.last_reset):null,errors:de?[...Ee(f,"errors").map(k=>I(n,"binary_sensor.problem.state_attributes.errors",k)),...lr.flatMap(k=>Ee(g,k).map(Mt=>I(n,`binary_sensor.hardware.state_attributes.${k}`,Mt)))]:[],hasProblem:de,resettable:b,signature:u,recorded:r("sensor.records_archived")?.state??"",lost:i?.state==="unavailable"?cr(i,r("event.charge_cycle")):null}}function cr({last_changed:n},e){let{event_type:t,step:r}=e?.attributes??{},i=["started","read","power_failure"].includes(String(t))||t==="failed"&&r!=="start";return{since:Date.parse(n),charging:i}}function hr(n,e,t){return n==="active_after_power_failure"?"after_power_failure":n==="active"?t===null?"charging":t<-Rt?"feeding_back":t>Rt?"charging":"no_flow":e==="in_progress"?"signing":n==="idle"?"prepared":"ready"}function pr(n,e){let t=Date.parse(typeof e=="string"?e:n);return Number.isFinite(t)?t:null}var oe=class extends y{static properties={hass:{attribute:!1},preview:{type:Boolean},n:{state:!0},y:{state:!0},v:{state:!0},i:{state:!0},a:{state:!0},d:{state:!0},f:{state:!0},c:{state:!0},m:{state:!0}};static styles=[J,Y,At];#e=new Map;#t="";#n="";#r="";#o;#i=new ne(this,{figures:e=>{this.v=e},trace:e=>this.renderRoot.querySelector("dmed4-power-trace")?.draw(e)});constructor(){super(),this.preview=!1,this.a="",this.d=""}static getConfigForm(){return at}static getStubConfig(e){return{device_id:G(e)[0]??""}}setConfig(e){if(e.device_id!==void 0&&typeof e.device_id!="string")throw new Error("device_id has to be the ID of a device");e.device_id!==this.n?.device_id&&(this.c=this.m=this.#o=void 0,this.#n=this.#r="",this.#i.forget()),this.n=e}getCardSize(){return 7}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}shouldUpdate(e){let t=e.get("hass");if(e.size>1||!e.has("hass")||!t||!this.hass)return!0;let{hass:r}=this;return t.entities!==r.entities||t.devices!==r.devices||t.locale!==r.locale||t.user!==r.user||t.connected!==r.connected||t.localize!==r.localize||[...this.#e.values()].some(i=>t.states[i]!==r.states[i])}willUpdate(e){let{hass:t}=this;if(!t||!(e.has("hass")||e.has("n")))return;let r=e.get("hass");(e.has("n")||r?.entities!==t.entities)&&(this.#e=tt(t,this.n?.device_id??"")),t.language!==this.#t&&(this.#t=t.language,st(t)),r?.localize!==t.localize&&(this.y=Re(t))}updated(){let{hass:e,n:t}=this,r=this.#e.get("sensor.power");if(this.#i.follow(e&&t?.device_id&&r&&!this.preview?{hass:e,deviceId:t.device_id,powerEntity:r}:void 0),!e||!this.y||!t?.device_id||!r||this.preview||(this.#s(e,t.device_id),!e.user?.is_admin||t.record===!1)||this.i||!this.#i.heard)return;let{charging:i,signature:o,recorded:s,phase:a}=this.#g(e);if(o==="in_progress"||a==="unavailable")return;let d=[i,o,s].join();d!==this.#n&&(this.#n=d,this.#l(e,t.device_id))}async#s(e,t){let r=[t,e.user?.is_admin,this.#g(e).phase==="unavailable"].join();if(r===this.#r)return;this.#r=r;let i=await it(e,t);r===this.#r&&(i?this.m=i:this.#r="")}async#l(e,t){try{let r=await we(e,"get_last_record",{device_id:t});this.c=r?Se(r):null}catch(r){r?.translation_key==="no_record"&&(this.c=null)}}async#d(e,t){let{hass:r}=this;if(!r||this.i)return"";this.i=e,this.a=this.d="",this.f=void 0;try{return await t(r),""}catch(i){return await ke(this.hass??r,i)}finally{this.i=void 0}}async#c(e,t,r,i={}){return this.#d(e,async o=>{let s=this.n?.device_id,a=await we(o,t,{device_id:s,...i});a?.record&&(this.c=Se(a)),this.f=r})}async#a(e){this.a=await e}get#h(){return this.renderRoot.querySelector("dmed4-start-dialog")}get#p(){return this.renderRoot.querySelector("dialog.confirm")}#u=()=>{this.#a(this.#c("resetting","reset_errors","card.done.reset"))};#m={onStart:()=>{this.#v()},onRead:()=>{this.#a(this.#c("reading","read_charge_cycle","card.done.read"))},onEnd:()=>this.#p?.showModal()};#f=(e,t,r={})=>{this.#a(this.#d("sending",i=>Qe(i,e,t,r)))};#y=e=>{let{hass:t}=this;t&&this.#a(ur(t,e))};#v(){this.a=this.d="",this.f=void 0,this.#h?.open(Et(this.n?.device_id??""))}async#b({detail:e}){let{keepIdentification:t,...r}=e;St(this.n?.device_id??"",{keepIdentification:t,...r});let i=Object.fromEntries(Object.entries(r).filter(([,o])=>o!==""));this.d=await this.#c("starting","start_charge_cycle","card.done.started",i),this.d||this.#h?.close()}#$(){this.#p?.close(),this.#a(this.#c("ending","end_charge_cycle","card.done.ended"))}#g(e){let t=kt(e,this.#e,this.v);if(t.lost||(this.#o=t),!t.lost?.charging||!this.#o?.charging)return t;let{energy:r,returned:i,since:o}=this.#o;return{...t,energy:r,returned:i,since:o}}render(){let{hass:e,n:t,y:r}=this;if(!e||!t||!r)return p`<ha-card class="loading" aria-busy="true"></ha-card>`;if(!this.#e.has("binary_sensor.charging")){let c=t.device_id?"card.missing.gone":"card.missing.none";return p`<ha-card><div class="empty">${r(c)}</div></ha-card>`}let i=this.#g(e),o={hass:e,text:r,view:i,disabled:this.i!==void 0||this.preview},s=t.name??Xe(e,t.device_id??""),a=e.user?.is_admin===!0,d=this.preview?{start:!0,read:!0,end:!0}:this.m,l=t.controls!==!1&&d;return p`
<ha-card class="${i.tone} ${this.i?"busy":""}">
${gt(o,s,this.i,this.c)}
${nt(this.m?.version,r,c=>p`<section>${c}</section>`)}
${yt(o,a?this.#u:void 0)} ${vt(o)}
<dmed4-power-trace
.buffer=${this.#i.measured}
.locale=${e.locale}
.label=${r("card.trace",{minutes:R})}
></dmed4-power-trace>
${bt(o,this.#i.now)} ${this.#_(r)}
${l?$t(o,l,this.#m):h}
${a&&t.record!==!1?_t(o,this.c,this.preview?void 0:this.#y):h}
${a&&t.display!==!1?xt(o,this.#e,this.#f):h}
</ha-card>
${l&&(l.start||l.end)?this.#x(r):h}
`}#_(e){return p`
<div class="visually-hidden" role="status">${this.f?e(this.f):h}</div>
${this.a?p`<div class="banner" role="alert">
<div>${this.a}</div>
<button
@click=${()=>{this.a=""}}
>
${e("card.action.close")}
</button>
</div>`:h}
`}#x(e){return p`
${this.m?.form?p`<dmed4-start-dialog
.localize=${e}
.form=${this.m.form}
.busy=${this.i==="starting"}
.error=${this.d}
@start-charge=${t=>{this.#b(t)}}
></dmed4-start-dialog>`:h}
<dialog class="confirm" aria-labelledby="end-title">
<h2 id="end-title">${e("card.end.title")}</h2>
<p>${e("card.end.hint")}</p>
<div class="buttons">
<button
@click=${()=>{this.#p?.close()}}
>
${e("card.action.cancel")}
</button>
<button
class="end"
@click=${()=>{this.#$()}}
>
${e("card.action.end")}
</button>
</div>
</dialog>
`}};async function ur(n,e){try{return await et(n,e),""}catch(t){return await ke(n,t)}}var mr=40;function Oe(n){return/^[\x20-\x7b\x7d\x7e]*$/.test(n)}function fr(n,e){return n?e.other_type!=="NONE"?e.other_type:e.forms.find(([,r])=>RegExp(`^(?:${r})$`).test(n))?.[0]??"UNDEFINED":e.identification_type}var se=class extends y{static properties={localize:{attribute:!1},form:{attribute:!1},busy:{type:Boolean},error:{type:String},e:{state:!0},g:{state:!0}};static styles=[J,Y,v`form{display:grid;gap:16px}label{display:grid;gap:4px;color:var(--secondary-text-color);font-size:var(--ha-font-size-s)}label.check{display:flex;align-items:center;gap:12px;min-height:44px;color:var(--primary-text-color);font-size:var(--ha-font-size-m);cursor:pointer}dialog .error{margin:0;padding:12px;border-radius:var(--ha-border-radius-lg);background:var(--ha-color-fill-danger-normal-resting);color:var(--ha-color-on-danger-normal)}.wrong{color:var(--ha-color-on-danger-normal);font-size:var(--ha-font-size-s)}`];constructor(){super(),this.busy=!1,this.error="",this.e=ie,this.g=!1}get#e(){return this.renderRoot.querySelector("dialog")}async open(e){let{drivers:t,driver:r}=this.form,i=t.some(([s])=>`${s}`===e.driver_id),o=e.identification_data?"":`${r??""}`;this.e=i?e:{...e,driver_id:o},this.g=!1,await this.updateComplete,this.#e?.showModal()}close(){this.#e?.close()}render(){let{localize:e,form:t}=this,{identification_data:r,driver_id:i}=this.e,o=t.types.filter(s=>!r||s!=="NONE");return p`
<dialog aria-labelledby="title" @cancel=${this.#i}>
<h2 id="title">${e("card.start.title")}</h2>
<p>${e("card.start.hint")}</p>
<form method="dialog" novalidate @submit=${this.#s}>
${t.drivers.length?this.#n("driver_id","table.driver",[["",e("card.start.other")],...t.drivers]):h}
${i?h:[this.#t("identification_type","card.start.type",o,fr(r,t),r&&t.other_type==="NONE"?"card.start.detected":void 0),this.#r("identification_data","card.start.data",mr)]}
${this.#t("identification_level","card.start.level",t.levels,t.identification_level)}
${this.#r("tariff_text","card.start.tariff")}
<label class="check">
<input
type="checkbox"
.checked=${this.e.keepIdentification}
@change=${s=>{let{checked:a}=s.target;this.e={...this.e,keepIdentification:a}}}
/>
${e("card.start.remember")}
</label>
${this.error?p`<p class="error" role="alert">${this.error}</p>`:h}
<div class="buttons">
<button
type="button"
?disabled=${this.busy}
@click=${()=>{this.close()}}
>
${e("card.action.cancel")}
</button>
<button class="start" type="submit" ?disabled=${this.busy}>
${e(this.busy?"card.state.starting":"card.start.submit")}
</button>
</div>
</form>
</dialog>
`}#t(e,t,r,i,o="card.start.preset"){let s=this.localize,a=d=>s(`${e}.${d.toLowerCase()}`);return this.#n(e,t,[["",s(o,{value:a(i)})],...r.map(d=>[d,a(d)])])}#n(e,t,r){return p`
<label
>${this.localize(t)}
<select
name=${e}
@change=${i=>{this.#o(e,i.target.value)}}
>
${r.map(([i,o])=>p`
<option value=${i} .selected=${this.e[e]===`${i}`}>
${o}
</option>
`)}
</select>
</label>
`}#r(e,t,r){let i=this.e[e],o=this.g&&!Oe(i);return p`
<div>
<label
>${this.localize(t)}
<input
name=${e}
autocomplete="off"
autocapitalize="off"
spellcheck="false"
maxlength=${r??h}
aria-invalid=${o}
aria-describedby="${e}-wrong"
placeholder=${this.form[e]??this.localize("card.start.hidden")}
.value=${i}
@input=${s=>{this.#o(e,s.target.value)}}
/>
</label>
<span class="wrong" id="${e}-wrong" role="alert"
>${o?this.localize("card.start.characters"):h}</span
>
</div>
`}#o(e,t){this.e={...this.e,[e]:t}}#i(e){this.busy&&e.preventDefault()}#s(e){e.preventDefault();let t=this.e.driver_id?{...this.e,identification_type:"",identification_data:""}:this.e;this.g=!0,Oe(t.identification_data)&&Oe(t.tariff_text)&&this.dispatchEvent(new CustomEvent("start-charge",{detail:t}))}};function ae(n,e){return customElements.get(n)?!1:(customElements.define(n,e),!0)}ae("dmed4-power-trace",re);ae("dmed4-start-dialog",se);ae(Z,oe)&&(window.customCards??=[],window.customCards.push({type:Z,name:"LOVATO DMED4 charge card",description:"A meter at a glance: live power, the charge and its signed record",preview:!0,documentationURL:"https://github.com/lovato-dmed4/lovato-dmed4-home-assistant",getEntitySuggestion:dt}));
